"""The form of a change to a series: which of its shifts, and what they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TimeField

from talent.forms import given
from talent.i18n import label
from talent.rules.series import Scope, Unseried, Wall
from talent.shifts.batches.forms import PlanForm, with_numbers
from talent.shifts.revising.service import Wish
from talent.shifts.series.service import numbers_of

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.shifts.models import Series

FIELD_OF: dict[StrEnum, str] = {Unseried.NO_LENGTH: "ends"}


class RevisionForm(PlanForm):
    """What the shifts of a series become."""

    scope = RadioField(_l("Which shifts"), default=Scope.LATER.value)
    starts = TimeField(_l("Begins at"), validators=[given()])
    ends = TimeField(_l("Ends at"), validators=[given()])
    overnight = BooleanField(_l("It ends on the next day"))

    @property
    def wish(self) -> Wish:
        """What was asked for."""
        wall = Wall(self.starts.data, self.ends.data, int(self.overnight.data))
        return Wish(wall, self.place.data, self.note.data, self.wanted)


def revision_form(series: Series) -> RevisionForm:
    """The form with what the series says now."""
    form = with_numbers(
        RevisionForm,
        series.project.positions,
        numbers_of(series),
        starts=series.starts,
        ends=series.ends,
        overnight=bool(series.ends_later),
        place=series.place or series.project.place,
        note=series.note,
    )
    form.scope.choices = [(scope.value, label(scope)) for scope in Scope]
    return form
