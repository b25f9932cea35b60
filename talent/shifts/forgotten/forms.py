"""The form for another sign-out than the proposed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from talent.forms import Form, MomentField
from talent.rules.attendance import Unattendable

if TYPE_CHECKING:
    from enum import StrEnum

FIELD_OF: dict[StrEnum, str] = {
    Unattendable.OUT_NOT_AFTER_IN: "out_at",
    Unattendable.FUTURE: "out_at",
}


class LeftForm(Form):
    """When I left."""

    out_at: MomentField


def left_form(zone: str, **given: Any) -> LeftForm:
    """The form, with its time in the zone of the shift."""
    needed = InputRequired(message=_l("Give a day and a time."))
    fields = {"out_at": MomentField(_l("Left at"), zone=zone, validators=[needed])}
    form: LeftForm = type("LeftForm", (LeftForm,), fields)(data=given)
    return form
