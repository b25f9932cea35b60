"""The form that takes a list of questions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from talent.forms import Form


class QuestionsForm(Form):
    """A spreadsheet."""

    file = FileField(
        _l("File"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 5 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )
