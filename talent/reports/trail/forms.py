"""What of the trail is wanted, and why it is taken out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from talent.forms import Form, at_most, required
from talent.i18n import gettext


class TakeOutForm(Form):
    """Kind of file, and reason."""

    kind = RadioField(_l("Kind of file"), default="xlsx")
    reason = StringField(_l("What the file is for"), validators=[required(), at_most(200)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [
            ("xlsx", gettext("Spreadsheet (xlsx)")),
            ("csv", gettext("Text for any program (csv)")),
        ]
