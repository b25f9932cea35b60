"""The form in which a guardian names what a child may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TimeField
from wtforms.validators import Optional

from talent.forms import Boxes, Form, at_most, given, required
from talent.i18n import gettext, label, named
from talent.rules.free_times import Weekday
from talent.rules.guardianship import WEEK, Permit, Unclear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from talent.offices.models import ServiceCategory

EVERY = 0
BESIDE = {
    Unclear.BACKWARDS: "last_day",
    Unclear.OVER: "last_day",
    Unclear.NO_DAY: "weekdays",
    Unclear.NO_TIME: "ends",
    Unclear.OF_AGE: "first_day",
}


class PermitForm(Form):
    """Kinds of activity, the days and the hours for them."""

    kinds = Boxes(_l("Kinds of activity"), coerce=int)
    first_day = DateField(_l("From"), validators=[given()])
    last_day = DateField(_l("Until"), validators=[Optional()])
    weekdays = Boxes(_l("On these days"), coerce=int)
    starts = TimeField(_l("Not before"), validators=[Optional()])
    ends = TimeField(_l("Not after"), validators=[Optional()])

    def __init__(self, kinds: Sequence[ServiceCategory], today: date, **more: Any) -> None:
        super().__init__(first_day=today, weekdays=sorted(WEEK), **more)
        self.kinds.choices = [
            (EVERY, gettext("Every kind of activity")),
            *((kind.id, named(kind)) for kind in kinds),
        ]
        self.weekdays.choices = [(int(day.value), label(day)) for day in Weekday]

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one kind is named."""
        fine = super().validate(extra_validators)
        if not self.kinds.data and not self.kinds.errors:
            self.kinds.errors = [gettext("Choose at least one kind of activity.")]
            fine = False
        return fine

    @property
    def permits(self) -> list[Permit]:
        """One for each kind; every kind makes the others needless."""
        chosen = [None] if EVERY in self.kinds.data else self.kinds.data
        days = frozenset(self.weekdays.data)
        of = self.first_day.data, self.last_day.data, days, self.starts.data, self.ends.data
        return [Permit(kind, *of) for kind in chosen]


class PaperForm(PermitForm):
    """The same from a signed sheet, typed in by the office."""

    by = StringField(_l("Signed by"), validators=[required(), at_most(100)])
