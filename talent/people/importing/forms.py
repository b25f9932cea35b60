"""The form that takes a file of people, and the answers that a dry run asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField

from talent.forms import Form, required
from talent.i18n import named
from talent.rules.identity import Sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from talent.offices.models import Office


class UploadForm(Form):
    """A file, and the office to which its people belong."""

    office = SelectField(_l("Office"), coerce=int)
    file = FileField(
        _l("File"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 5 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )
    paper = BooleanField(
        _l("The signed consent of these people is with the office (Order 67, Article 6)."),
        [required()],
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]


def answers(sent: Mapping[str, str]) -> dict[int, tuple[date | None, Sex | None]]:
    """What was answered, by row; what cannot be read counts as not answered."""
    found: dict[int, tuple[date | None, Sex | None]] = {}
    for name in sent:
        asked, _, number = name.partition("-")
        if asked in {"born", "sex"} and number.isdecimal() and len(number) < 6:  # noqa: PLR2004
            found[int(number)] = (
                _day(sent.get(f"born-{number}", "")),
                Sex.of(sent.get(f"sex-{number}", "")),
            )
    return found


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
