"""The fields that levels share: where one holds, from when to when, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, given, required
from talent.i18n import gettext, label, named
from talent.rules.sources import Sure
from talent.staffing.levels.service import Untimely

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

EVERYBODY = 0
FIELDS: dict[StrEnum, str] = {Untimely.TURNED: "last_day"}


class SureField(SelectField):
    """How sure a figure is; at first, the office's own word."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", Sure.OWN.value)
        super().__init__(_l("How sure this is"), **kwargs)
        self.choices = [(each.value, label(each)) for each in Sure]


class OwnedForm(Form):
    """Whose it is: an office's, or everybody's where the actor speaks for all."""

    office = SelectField(
        _l("Holds for"), coerce=int, description=_l("This office and all offices below it.")
    )

    def __init__(
        self, *args: Any, offices: Iterable[Office], everybody: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(office.id, named(office)) for office in offices]
        whole = [(EVERYBODY, gettext("The whole country"))] if everybody else []
        self.office.choices = [*choices, *whole]


class LevelForm(OwnedForm):
    """From when to when it holds there, and what sets it. The page says in which order."""

    valid_from = DateField(_l("First day"), [given()])
    last_day = DateField(
        _l("Last day that counts"),
        [Optional()],
        description=_l("Leave it empty while no end is known."),
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("The document that sets it, with its number."),
    )


class EndForm(Form):
    """On which day something holds for the last time."""

    last_day = DateField(
        _l("Last day that counts"),
        [given()],
        description=_l("It counts on this day, and no longer after it."),
    )
