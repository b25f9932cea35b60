"""What goes into a file of people, and why it is taken out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField

from talent.directory.columns import Shown
from talent.forms import Boxes, Form, at_most, required
from talent.i18n import gettext, label

KINDS = ("xlsx", "csv")


class ExportForm(Form):
    """Columns, kind of file, reason."""

    columns = Boxes(_l("Columns beside the name"))
    kind = RadioField(_l("Kind of file"), default="xlsx")
    full = BooleanField(_l("With whole numbers of documents and phones"))
    reason = StringField(_l("What the file is for"), validators=[required(), at_most(200)])

    def __init__(self, *, may_see: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns.choices = [(each.value, label(each)) for each in Shown]
        self.kind.choices = [
            ("xlsx", gettext("Spreadsheet (xlsx)")),
            ("csv", gettext("Text for any program (csv)")),
        ]
        if not may_see:
            del self.full

    @property
    def shown(self) -> list[Shown]:
        """The columns in the order of the list."""
        return [each for each in Shown if each.value in (self.columns.data or ())]

    @property
    def whole(self) -> bool:
        """Whether numbers are asked for as they are."""
        return bool("full" in self and self.full.data)
