"""The form that takes a list of people for a shift, as a file or pasted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Optional

from talent.forms import Form, at_most, chosen_file

MOST_PASTED = 60_000


class ListForm(Form):
    """A file, or the rows themselves."""

    file = FileField(
        _l("File"),
        [Optional()],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 5 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )
    pasted = TextAreaField(
        _l("Or paste the rows here, the headings first"),
        [Optional(), at_most(MOST_PASTED)],
        description=_l("As they are copied from a spreadsheet, or with commas between the cells."),
        render_kw={"rows": 6, "autocomplete": "off", "spellcheck": "false"},
    )

    @property
    def handed_in(self) -> tuple[str, bytes] | None:
        """A name and the bytes behind it, or nothing."""
        if given := chosen_file(self.file):
            return given
        return ("pasted.csv", self.pasted.data.encode()) if self.pasted.data else None
