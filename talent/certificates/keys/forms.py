"""Forms for keys: why they are replaced, since when one is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.certificates.keys.service import Unkept
from talent.forms import Form, MomentField, at_most, given, required

if TYPE_CHECKING:
    from datetime import datetime

WHY = 300  # characters
FIELD_OF = {Unkept.FUTURE: "since", Unkept.EARLY: "since"}


class ReplacementForm(Form):
    """Why new keys are to sign from now on."""

    why = StringField(
        _l("Reason"),
        [required(), at_most(WHY)],
        description=_l("For the offices alone, for example: a new year, a change of staff."),
    )


class WithdrawalForm(Form):
    """Since when somebody else may have had a key."""

    since = MomentField(
        _l("Since when somebody else may have had it"),
        validators=[given()],
        description=_l("What it signed from then on is not believed. Earlier certificates stay."),
    )
    why = StringField(
        _l("Reason"), [required(), at_most(WHY)], description=_l("For the offices alone.")
    )

    def __init__(self, *args: Any, now: datetime, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since.zone = zone
        if not self.is_submitted():
            self.since.data = now
