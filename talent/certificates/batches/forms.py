"""The form for issuing to many people."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import Optional

from talent.certificates.batches.service import Chosen
from talent.certificates.issuing.forms import WishForm
from talent.forms import Boxes, at_most
from talent.i18n import gettext, hours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.certificates.batches.service import Candidates
    from talent.offices.models import Office

_CHARACTERS = 400_000  # 20 000 numbers, each on its line


class Who(StrEnum):
    """Who is meant of those who are listed."""

    TICKED = "ticked"
    HOURS = "hours"
    EVERYBODY = "everybody"
    NUMBERS = "numbers"


class BatchForm(WishForm):
    """What certificates are to say, and whose they are."""

    who = RadioField(_l("For whom"), default=Who.TICKED.value, validators=[Optional()])
    people = Boxes(_l("People"), coerce=int)
    numbers = TextAreaField(
        _l("Volunteer numbers"),
        validators=[Optional(), at_most(_CHARACTERS)],
        description=_l("One on each line, as they stand in a column of a spreadsheet."),
    )

    def __init__(self, units: Iterable[Office], offered: Candidates, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.people.choices = [
            (person.id, f"{person.name} · {hours(offered.minutes.get(person.id, 0))}")
            for person in offered.people
        ]
        self.who.flags.optional = False  # one of them is always chosen
        number = offered.number
        self.who.choices = [
            (Who.TICKED.value, gettext("Those who are ticked below")),
            (Who.HOURS.value, gettext("All with approved service in the period")),
            (Who.EVERYBODY.value, gettext("All %(number)s of them", number=number)),
            (Who.NUMBERS.value, gettext("Those with these volunteer numbers")),
        ]

    @property
    def chosen(self) -> Chosen:
        """Who was meant, as the service takes it."""
        if self.who.data == Who.NUMBERS:
            return Chosen(numbers=(self.numbers.data or "").split())
        if self.who.data in {Who.HOURS, Who.EVERYBODY}:
            return Chosen(with_hours=self.who.data == Who.HOURS)
        return Chosen(ticked=self.people.data)
