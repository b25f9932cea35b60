"""The form for issuing to many people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from talent.certificates.issuing.forms import WishForm
from talent.i18n import hours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.certificates.groups.service import Candidates
    from talent.offices.models import Office


class GroupForm(WishForm):
    """The same for many people, each with a box."""

    people = SelectMultipleField(
        _l("People"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, units: Iterable[Office], offered: Candidates, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.people.choices = [
            (person.id, f"{person.name} · {hours(offered.minutes.get(person.id, 0))}")
            for person in offered.people
        ]
