"""The form that takes a file, and the answers that its rows asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import ValidationError

from talent.forms import Form
from talent.i18n import gettext, label, named
from talent.intake.models import IntakeKind, Way
from talent.intake.service import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from talent.offices.models import Office

_DIGITS = 6  # of the number of a row, or of a column


class UploadForm(Form):
    """A file, the office it is for, and what its rows are."""

    office = SelectField(_l("Office"), coerce=int)
    kind = RadioField(_l("What is in the file"), default=IntakeKind.PEOPLE.value)
    way = RadioField(_l("People who are on record"), default=Way.BOTH.value)
    file = FileField(
        _l("File"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 50,000 rows and 9 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )
    paper = BooleanField(
        _l("The signed consent of these people is with the office (Order 67, Article 6)."),
        description=_l("Needed when the file adds people."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [(kind.value, label(kind)) for kind in IntakeKind]
        self.way.choices = [(way.value, label(way)) for way in Way]

    def validate_paper(self, field: BooleanField) -> None:
        """Order 67 Art. 6: who enters others holds their consent."""
        adds = self.kind.data == IntakeKind.PEOPLE and self.way.data != Way.UPDATE
        if adds and not field.data:
            raise ValidationError(gettext("Please fill in this field."))


def answers(sent: Mapping[str, str]) -> dict[int, Answer]:
    """What was answered, by row."""
    found: dict[int, Answer] = {}
    for name in sent:
        asked, _, number = name.partition("-")
        if asked in {"born", "sex"} and number.isdecimal() and len(number) <= _DIGITS:
            told = (sent.get(f"born-{number}", ""), sent.get(f"sex-{number}", ""))
            found[int(number)] = Answer(*(each.strip() for each in told))
    return found


def chosen(sent: Mapping[str, str], known: Iterable[str]) -> dict[int, str]:
    """What each column was said to be, by its place."""
    fields = {"", *known}
    found = {}
    for name, value in sent.items():
        word, _, number = name.partition("-")
        if word == "column" and number.isdecimal() and len(number) <= _DIGITS and value in fields:
            found[int(number)] = value
    return found
