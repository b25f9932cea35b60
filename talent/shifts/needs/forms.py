"""The form of one need: what this shift asks for instead of what it inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField

from talent.shifts.projects.forms import AskingForm, an_age

if TYPE_CHECKING:
    from typing import Any


class NeedForm(AskingForm):
    """Without the tick the boxes say nothing: project and position are asked."""

    minimum_age = IntegerField(
        _l("Minimum age on the day"),
        validators=an_age(),
        description=_l("Leave it empty for the age that is inherited."),
    )
    own_requirements = BooleanField(_l("This shift asks for what is ticked below, instead"))

    @property
    def own(self) -> dict[str, Any] | None:
        """What is ticked, or nothing of its own."""
        return self.asked if self.own_requirements.data else None
