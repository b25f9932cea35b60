"""The form of messages: which kinds one wants."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from talent.forms import Form
from talent.i18n import label
from talent.messages.models import MessageKind
from talent.messages.service import OPTIONAL


class WantedForm(Form):
    """A box for each kind that one can do without."""

    kinds = SelectMultipleField(
        _l("I want to be told by mail"),
        coerce=MessageKind,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds.choices = [(kind, label(kind)) for kind in OPTIONAL]
