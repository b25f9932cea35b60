"""The form of a span that is divided: by a length, or at the times of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField
from wtforms.validators import NumberRange, Optional

from talent.forms import MomentField, at_most
from talent.i18n import gettext
from talent.rules.bulk import Unbulked
from talent.rules.reason import N_
from talent.rules.span import Unspanned
from talent.shifts.batches.forms import PlanForm, with_numbers
from talent.shifts.splitting.service import Cut

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.shifts.models import Project

WAYS = {
    "pieces": N_("Pieces of one length, from a beginning to an end"),
    "times": N_("From each time of a list to the next"),
}
MOST_MINUTES = 24 * 60
FIELD_OF: dict[StrEnum, str] = {
    Unspanned.END_NOT_AFTER_START: "ends_at",
    Unbulked.TOO_SHORT: "minutes",
    Unbulked.OVERLAP: "changeover",
    Unbulked.DOES_NOT_FIT: "minutes",
    Unbulked.TOO_LONG: "ends_at",
    Unbulked.FEW_TIMES: "times",
    Unbulked.NOT_A_TIME: "times",
    Unbulked.SAME_TIME: "times",
    Unbulked.TURNED: "last",
}


class SplitForm(PlanForm):
    """How the time is divided, and what each shift asks for."""

    first_shown: ClassVar[tuple[str, ...]] = ("way", "starts_at", "ends_at")

    way = RadioField(_l("How the time is divided"), default="pieces")
    minutes = IntegerField(
        _l("Length of a shift (minutes)"),
        validators=[
            Optional(),
            NumberRange(
                min=1,
                max=MOST_MINUTES,
                message=_l("Give a number from 1 to %(most)s.", most=MOST_MINUTES),
            ),
        ],
    )
    changeover = IntegerField(
        _l("Time between two shifts (minutes)"),
        default=0,
        validators=[
            Optional(),
            NumberRange(min=-120, max=240, message=_l("Give a number from -120 to 240.")),
        ],
        description=_l("Below 0 they overlap by it, so that one hands over to the next."),
    )
    even = BooleanField(_l("All equally long, so that nothing is left at the end"))
    first = DateField(_l("First day of the list"), validators=[Optional()])
    last = DateField(
        _l("Last day of the list"),
        validators=[Optional()],
        description=_l("Empty: the first day alone."),
    )
    times = StringField(
        _l("Times of change"),
        validators=[at_most(500)],
        description=_l("For example 08:00 12:00 18:00 02:00: three shifts, one past midnight."),
    )

    @property
    def cut(self) -> Cut:
        """How each shift looks."""
        return Cut(self.place.data, self.note.data, self.wanted)

    def validate(self, extra_validators: Any = None) -> bool:
        """What the chosen way needs is filled in."""
        fine = super().validate(extra_validators)
        asked = {"pieces": ("starts_at", "ends_at", "minutes"), "times": ("first", "times")}
        for name in asked.get(self.way.data, ()):
            if not self[name].data and not self[name].errors:
                self[name].errors = [gettext("Please fill in this field.")]
        return fine and not self.errors


def split_form(project: Project) -> SplitForm:
    """The form for a project, times in its zone."""
    zone = project.office.zone

    class Zoned(SplitForm):
        starts_at = MomentField(_l("Begins at"), zone=zone, validators=[Optional()])
        ends_at = MomentField(_l("Ends at"), zone=zone, validators=[Optional()])

    form = with_numbers(Zoned, project.positions, place=project.place)
    form.way.choices = [(way, gettext(said)) for way, said in WAYS.items()]
    return form
