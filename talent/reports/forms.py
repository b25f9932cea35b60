"""The form on the page of components: one field of each kind."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from talent.forms import Form, required

_KINDS = [SelectChoice("a", _l("Elderly care")), SelectChoice("b", _l("Child care"))]
_DAYS = [SelectChoice("6", _l("Sat")), SelectChoice("7", _l("Sun"))]


class ComponentsForm(Form):
    """Shown in development, where it is sent empty to see its errors."""

    name = StringField(_l("Name"), validators=[required()])
    phone = StringField(_l("Telephone"), render_kw={"type": "tel", "autocomplete": "tel"})
    born = DateField(_l("Birth date"), validators=[required()])
    kind = SelectField(_l("Category"), choices=_KINDS)
    way = RadioField(_l("State"), choices=_KINDS, validators=[required()])
    days = SelectMultipleField(
        _l("Day"),
        choices=_DAYS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    about = TextAreaField(_l("Content"), validators=[Optional()])
    paper = FileField(_l("Evidence"))
    minutes = IntegerField(_l("Minutes that count"), validators=[Optional()])
    agree = BooleanField(_l("Approved"), validators=[required()])
