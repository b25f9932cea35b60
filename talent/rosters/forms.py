"""What a proposal is asked for: days, a project or all, and how long it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form
from talent.rules.rosters import SECONDS, Unproposable

if TYPE_CHECKING:
    from enum import StrEnum

FIELD_OF: dict[StrEnum, str] = {
    Unproposable.TURNED: "last_day",
    Unproposable.TOO_LONG: "last_day",
    Unproposable.PAST: "last_day",
}


def number(text: str | int | None) -> int | None:
    """An id that was chosen, or none."""
    return int(text) if text not in {None, ""} else None


class AskForm(Form):
    """A range of days at one office and all below it."""

    office_id = SelectField(_l("Office"), coerce=int)
    project_id = SelectField(_l("Project"), coerce=number, validators=[Optional()])
    first_day = DateField(
        _l("First day"), validators=[InputRequired(message=_l("Give a day like 2026-03-01."))]
    )
    last_day = DateField(
        _l("Last day"), validators=[InputRequired(message=_l("Give a day like 2026-03-01."))]
    )
    seconds = SelectField(
        _l("Compute at most so long (seconds)"),
        coerce=int,
        choices=[str(each) for each in SECONDS],
        default=SECONDS[2],
    )
