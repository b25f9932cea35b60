"""The name of a saved filter, and with whom it is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from talent.forms import Form, at_most, required
from talent.i18n import gettext, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office


class FilterForm(Form):
    """The name under which filters are kept."""

    name = StringField(_l("Name of the filter"), validators=[required(), at_most(60)])
    office = SelectField(_l("Who may use it"), coerce=int)

    def __init__(self, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office.choices = [
            (0, gettext("For me alone")),
            *(
                (office.id, gettext("Shared: %(office)s", office=named(office)))
                for office in offices
            ),
        ]
