"""Which columns an account wants in the list of people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from talent.directory.columns import Shown
from talent.forms import Boxes, Form
from talent.i18n import label


class ColumnsForm(Form):
    """The columns beside the name."""

    columns = Boxes(_l("Columns beside the name"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns.choices = [(each.value, label(each)) for each in Shown]
