"""The form for how attendance on a shift is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField

from talent.forms import Form
from talent.i18n import gettext, label
from talent.rules.attendance import SignMode
from talent.shifts.projects.forms import a_number

if TYPE_CHECKING:
    from talent.shifts.models import Shift


class ModeForm(Form):
    """The mode, and the windows in which one signs."""

    mode = SelectField(_l("How attendance is taken"))
    early_minutes = IntegerField(
        _l("Signing in opens so long before"),
        validators=a_number(0, 720),
        description=_l("Leave it empty for what holds at the office."),
    )
    late_minutes = IntegerField(
        _l("Signing out ends so long after"),
        validators=a_number(0, 1440),
        description=_l("Leave it empty for what holds at the office."),
    )

    @classmethod
    def of(cls, shift: Shift) -> ModeForm:
        """The form of a shift; its project's mode is the first choice."""
        form = cls(
            mode=shift.mode.value if shift.mode else "",
            early_minutes=shift.early_minutes,
            late_minutes=shift.late_minutes,
        )
        inherited = gettext("As the project: %(mode)s", mode=label(shift.project.mode))
        form.mode.choices = [("", inherited), *((mode.value, label(mode)) for mode in SignMode)]
        return form
