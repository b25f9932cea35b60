"""To whom a place is handed on, and what the office says to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from talent.forms import Form, at_most, required
from talent.i18n import day, gettext, named, time_of_day
from talent.rules.certificates import masked_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.people.models import Person
    from talent.shifts.models import Shift


class HandoverForm(Form):
    """One person, known by sight or by number, or all who may take it."""

    whom = RadioField(
        _l("To whom?"),
        choices=[
            SelectChoice("colleague", _l("Somebody with whom I served on this project")),
            SelectChoice("number", _l("Somebody whose volunteer number or phone number I know")),
            SelectChoice("all", _l("Whoever may take it; the waiting list comes first")),
        ],
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    colleague = SelectField(_l("With whom I served"), coerce=int, validators=[Optional()])
    number = StringField(
        _l("Volunteer number or phone number"),
        validators=[Optional(), at_most(40)],
        description=_l("The whole number. Names are not searched."),
    )
    wanted = SelectField(
        _l("In exchange for a place on"),
        coerce=int,
        validators=[Optional()],
        description=_l("Only who has a place there can accept, and the two of you change places."),
    )
    risks_read = BooleanField(_l("I have read the risks and the protection of the other shift"))
    note = StringField(_l("A word to the other person"), validators=[Optional(), at_most(200)])

    def __init__(
        self, people: Sequence[Person], shifts: Sequence[Shift], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.id: person for person in people}
        self.shifts = {shift.id: shift for shift in shifts}
        self.colleague.choices = [
            SelectChoice(0, "—"),
            *(SelectChoice(p.id, masked_name(p.name)) for p in people),
        ]
        self.wanted.choices = [
            SelectChoice(0, gettext("Nothing in return")),
            *map(_choice, shifts),
        ]
        if not people:
            del self.colleague
            self.whom.choices = self.whom.choices[1:]
        if not shifts:
            del self.wanted
        if not any(shift.project.risky for shift in shifts):
            del self.risks_read

    def validate_whom(self, field: RadioField) -> None:
        """Nobody who names one person offers the place to all by oversight."""
        person = self.number.data or (self.colleague and self.colleague.data)
        if field.data == "all" and person:
            raise ValidationError(_l("One person is named below. Please choose: this one, or all."))

    @property
    def in_return(self) -> Shift | None:
        """The shift on which a place is wanted."""
        return self.shifts.get(self.wanted.data or 0) if self.wanted else None


def _choice(shift: Shift) -> SelectChoice:
    at = f"{day(shift.day)} {time_of_day(shift.starts_at, shift.zone)}"
    return SelectChoice(shift.id, f"{at} {named(shift.project)}")


class RefusalForm(Form):
    """Why the office does not approve; both are told these words."""

    why = StringField(
        _l("Reason"),
        validators=[required(), at_most(300)],
        description=_l("Both are told these words."),
    )
