"""The forms of a training requirement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from talent.forms import Boxes, Form, at_most, blank_is_none, given, required
from talent.i18n import gettext, label, named
from talent.renewals.requirements.service import Asking, Unchangeable
from talent.rules.requirements import MOST_MONTHS, Period, Unasked, Whom
from talent.rules.sources import Sure
from talent.staffing.models import AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.models import Office
    from talent.renewals.requirements.models import TrainingRequirement
    from talent.shifts.models import Position
    from talent.training.models import Course

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
HOUR = 60  # minutes
ONE_DAY = timedelta(days=1)
FIELD_OF = {
    Unasked.NOTHING: "times",
    Unasked.NO_MONTHS: "months",
    Unasked.NO_KINDS: "appointment_kinds",
    Unasked.NO_POSITION: "position_id",
    Unasked.TURNED: "last_day",
    Unasked.NO_SOURCE: "source",
    Unchangeable.PAST: "last_day",
}


def number(text: Any) -> int | None:
    """The id that a list sends; an empty one is none."""
    return int(text) if str(text or "").isdecimal() else None


class RequirementForm(Form):
    """What is asked, of whom, from when on, and where that is written."""

    office_id = SelectField(
        _l("Holds for"), coerce=int, description=_l("This office and all offices below it.")
    )
    name_zh = StringField(_l("Chinese name"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("English name"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    whom = RadioField(_l("Asked of"), coerce=Whom, validators=[required()])
    appointment_kinds = Boxes(_l("Kinds of appointment (for staff)"))
    position_id = SelectField(
        _l("Position (for who serves in one)"), coerce=number, validators=[Optional()]
    )
    times = IntegerField(
        _l("How many times"),
        description=_l("Times, hours, or both."),
        validators=[Optional(), NumberRange(1, 100, WHOLE)],
    )
    hours = IntegerField(_l("How many hours"), validators=[Optional(), NumberRange(1, 1000, WHOLE)])
    period = RadioField(_l("Period"), coerce=Period, validators=[required()])
    months = IntegerField(
        _l("Within the last"), validators=[Optional(), NumberRange(1, MOST_MONTHS, WHOLE)]
    )
    course_id = SelectField(_l("Only this course counts"), coerce=number, validators=[Optional()])
    continuing_education = BooleanField(_l("Only continuing education of social workers counts"))
    valid_from = DateField(_l("First day"), validators=[given()])
    last_day = DateField(
        _l("Last day that counts"),
        description=_l("Leave it empty while no end is known."),
        validators=[Optional()],
    )
    source = StringField(
        _l("Source"),
        description=_l("The document that sets it, with its number."),
        validators=[required(), at_most(200)],
    )
    sure = SelectField(_l("How sure it is"), coerce=Sure)

    def offer(
        self,
        offices: Iterable[Office],
        courses: Iterable[Course],
        positions: Iterable[Position],
    ) -> None:
        """What can be chosen."""
        none = [("", gettext("None"))]
        self.office_id.choices = [(office.id, named(office)) for office in offices]
        self.course_id.choices = none + [(c.id, named(c)) for c in courses]
        self.position_id.choices = none + [
            (p.id, f"{named(p.project)} · {named(p)}") for p in positions
        ]
        self.whom.choices = [(whom.value, label(whom)) for whom in Whom]
        self.period.choices = [(period.value, label(period)) for period in Period]
        self.appointment_kinds.choices = [(kind.value, label(kind)) for kind in AppointmentKind]
        self.sure.choices = [(sure.value, label(sure)) for sure in Sure]

    @property
    def stated(self) -> Asking:
        """The fields, as the service takes them; the office is for the view to find."""
        plain = (
            "name_zh", "name_en", "valid_from", "source", "times", "months",
            "course_id", "continuing_education", "position_id",
        )  # fmt: skip
        last: date | None = self.last_day.data
        return Asking(
            **{name: self[name].data for name in plain},
            whom=Whom(self.whom.data),
            period=Period(self.period.data),
            sure=Sure(self.sure.data),
            appointment_kinds=list(self.appointment_kinds.data or ()),
            minutes=self.hours.data * HOUR if self.hours.data else None,
            valid_to=last + ONE_DAY if last else None,
        )


def shown(row: TrainingRequirement) -> dict[str, Any]:
    """A requirement as its form shows it."""
    return {name: getattr(row, name) for name in Asking.__slots__} | {
        "office_id": row.office_id,
        "hours": row.minutes // HOUR if row.minutes else None,
        "last_day": row.valid_to - ONE_DAY if row.valid_to else None,
    }


class EndForm(Form):
    """Until when it is asked."""

    last_day = DateField(_l("Last day that counts"), validators=[given()])
