"""The forms of a group: its name and kind, and the numbers of those who come into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from talent.forms import Form, at_most, required
from talent.i18n import label, named
from talent.shifts.groups.models import GroupKind
from talent.shifts.groups.service import Ungrouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.models import Office

FIELD_OF: dict[Any, str] = dict.fromkeys(Ungrouped, "numbers")


class GroupForm(Form):
    """A new group."""

    name = StringField(_l("Name of the group"), [required(), at_most(100)])
    kind = RadioField(_l("Kind"), [InputRequired(message=_l("Please choose one."))])
    office = SelectField(_l("Office"), coerce=int)

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, label(kind)) for kind in GroupKind]
        self.office.choices = [(office.id, named(office)) for office in offices]


class MembersForm(Form):
    """People, one number a line."""

    numbers = TextAreaField(_l("Numbers, one a line"), [required(), at_most(8000)])
