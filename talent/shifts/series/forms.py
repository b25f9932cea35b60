"""The forms of a series: its rule, its times, and until when it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, TimeField
from wtforms.validators import NumberRange, Optional

from talent.forms import Boxes, Form, given
from talent.i18n import label
from talent.rules.reason import N_
from talent.rules.series import MOST, MOST_BETWEEN, Pattern, Rhythm, Unseried, Wall
from talent.shifts.batches.forms import DaysField, PlanForm, with_numbers
from talent.shifts.series.service import Outline

if TYPE_CHECKING:
    from datetime import date
    from enum import StrEnum

    from talent.shifts.models import Project

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
FIELD_OF: dict[StrEnum, str] = {
    Unseried.NO_END: "until",
    Unseried.TWO_ENDS: "count",
    Unseried.TURNED: "until",
    Unseried.TOO_LONG: "until",
    Unseried.TOO_MANY: "count",
    Unseried.EVERY: "every",
    Unseried.NO_WEEKDAY: "weekdays",
    Unseried.NO_LENGTH: "ends",
}


class SeriesForm(PlanForm):
    """When a series is, and what each of its shifts asks for."""

    first_day = DateField(_l("First day"), validators=[given()])
    starts = TimeField(_l("Begins at"), validators=[given()])
    ends = TimeField(_l("Ends at"), validators=[given()])
    overnight = BooleanField(_l("It ends on the next day"))
    rhythm = RadioField(_l("It repeats"), default=Rhythm.WEEKLY.value)
    weekdays = Boxes(
        _l("On these weekdays"),
        coerce=int,
        validators=[Optional()],
        description=_l("None chosen: the weekday of the first day."),
    )
    every = IntegerField(
        _l("Every so many weeks or months"),
        default=1,
        validators=[
            given(),
            NumberRange(
                min=1,
                max=MOST_BETWEEN,
                message=_l("Give a number from 1 to %(most)s.", most=MOST_BETWEEN),
            ),
        ],
    )
    until = DateField(_l("Until this day"), validators=[Optional()])
    count = IntegerField(
        _l("Or so many times"),
        validators=[
            Optional(),
            NumberRange(
                min=1, max=MOST, message=_l("Give a number from 1 to %(most)s.", most=MOST)
            ),
        ],
    )
    without = DaysField(
        _l("Days without a shift"),
        validators=[Optional()],
        description=_l("For example 2026-10-01 2026-10-02."),
    )
    without_holidays = BooleanField(_l("No shifts on public holidays"))

    @property
    def outline(self) -> Outline:
        """What was asked for."""
        first: date = self.first_day.data
        weekly = self.rhythm.data == Rhythm.WEEKLY.value
        return Outline(
            Pattern(
                first,
                Rhythm(self.rhythm.data),
                self.every.data,
                frozenset(self.weekdays.data or [first.weekday()]) if weekly else frozenset(),
                self.until.data,
                self.count.data,
            ),
            Wall(self.starts.data, self.ends.data, int(self.overnight.data)),
            self.place.data,
            self.note.data,
            self.wanted,
            frozenset(self.without.days),
            self.without_holidays.data,
        )


class ExtensionForm(Form):
    """Until when a series lasts."""

    until = DateField(
        _l("Last day"),
        validators=[given()],
        description=_l("Shifts that are there already are not made again."),
    )


def weekday_choices() -> list[tuple[int, Any]]:
    """The days of the week, Monday first."""
    return [(number, _l(name)) for number, name in enumerate(WEEKDAYS)]


def series_form(project: Project) -> SeriesForm:
    """The form for a project, with the numbers of its positions."""
    form = with_numbers(SeriesForm, project.positions, place=project.place)
    form.rhythm.choices = [(rhythm.value, label(rhythm)) for rhythm in Rhythm]
    form.weekdays.choices = weekday_choices()
    return form
