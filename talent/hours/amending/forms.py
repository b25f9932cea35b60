"""The form of a record's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from talent.forms import Form, at_most, required
from talent.rules.corrections import DETAILS

if TYPE_CHECKING:
    from collections.abc import Mapping


class AmendForm(Form):
    """What the record says, and why it is changed."""

    activity = StringField(_l("Name of the activity"), validators=[required(), at_most(150)])
    place = StringField(_l("Place"), validators=[required(), at_most(200)])
    content = TextAreaField(_l("Content of the service"), validators=[required(), at_most(500)])
    person_in_charge = StringField(_l("Person in charge"), validators=[required(), at_most(50)])
    reason = TextAreaField(_l("Why"), validators=[required(), at_most(500)])

    @property
    def details(self) -> Mapping[str, str]:
        """The words, by field."""
        return {name: self[name].data or "" for name in DETAILS}
