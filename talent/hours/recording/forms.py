"""The form for hours entered by hand."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from talent.forms import Form, MomentField, at_most, required
from talent.i18n import label
from talent.rules.volunteering import ActivityKind


class EntryForm(Form):
    """The seven fields of Order 67 Art. 7, and what proves them."""

    office_id = SelectField(_l("Recording office"), coerce=int)
    category_id = SelectField(_l("Category"), coerce=int)
    kind = SelectField(
        _l("Kind of activity"),
        default=ActivityKind.SERVICE.value,
        description=_l("Only voluntary service is recorded."),
    )
    activity = StringField(_l("Name of the activity"), validators=[required(), at_most(150)])
    starts_at = MomentField(_l("From"), validators=[required()])
    ends_at = MomentField(_l("To"), validators=[required()])
    place = StringField(_l("Place"), validators=[required(), at_most(200)])
    content = TextAreaField(_l("Content of the service"), validators=[required(), at_most(500)])
    person_in_charge = StringField(_l("Person in charge"), validators=[required(), at_most(50)])
    evidence = TextAreaField(
        _l("Evidence"),
        description=_l("What proves these hours: a signed list and where it lies, a photograph."),
        validators=[required(), at_most(500)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, label(kind)) for kind in ActivityKind]
