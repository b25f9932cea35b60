"""The form for times that a leader writes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, MomentField
from talent.rules.attendance import Unattendable

if TYPE_CHECKING:
    from enum import StrEnum

FIELD_OF: dict[StrEnum, str] = {
    Unattendable.OUT_NOT_AFTER_IN: "out_at",
    Unattendable.OUTSIDE: "in_at",
}


class TimesForm(Form):
    """When somebody came and went."""

    in_at: MomentField
    out_at: MomentField


def times_form(zone: str, **given: Any) -> TimesForm:
    """The form, with times in the zone of the shift."""
    fields: dict[str, Any] = {
        "in_at": MomentField(
            _l("Came at"),
            zone=zone,
            validators=[InputRequired(message=_l("Give a day and a time."))],
        ),
        "out_at": MomentField(
            _l("Left at"),
            zone=zone,
            validators=[Optional()],
            description=_l("Leave it empty while the person is still there."),
        ),
    }
    form: TimesForm = type("TimesForm", (TimesForm,), fields)(data=given)
    return form
