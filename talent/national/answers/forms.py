"""The form that takes an answer of the designated system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from talent.forms import Form
from talent.i18n import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office


class AnswerForm(Form):
    """A file, and whose records it speaks of."""

    office = SelectField(
        _l("Office, with all below it"),
        coerce=int,
        description=_l("The file is read by the mapping of this office."),
    )
    file = FileField(
        _l("File"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 5 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
