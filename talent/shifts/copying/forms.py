"""The form of a copy: what, from which day, onto which days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, given, required
from talent.i18n import gettext, label
from talent.shifts.batches.forms import DaysField
from talent.shifts.copying.service import Extent
from talent.shifts.projects.forms import number
from talent.shifts.projects.service import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office
    from talent.shifts.models import Project

ALL = ""  # the choice of all projects of the office


class CopyForm(Form):
    """Shifts of some days, planned again on others."""

    office = SelectField(
        _l("Office"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    project = SelectField(_l("Project"), coerce=number, validators=[Optional()])
    extent = RadioField(_l("What is copied"), default=Extent.WEEK.value)
    day = DateField(_l("The day, or one of the week"), validators=[given()])
    targets = DaysField(
        _l("Onto these days"),
        validators=[required()],
        description=_l("For example 2026-10-01 2026-10-08; of a week any of its days."),
    )


def copy_form(offices: Sequence[Office], projects: Sequence[Project], **given_: Any) -> CopyForm:
    """The form with the offices and projects that may be chosen."""
    form = CopyForm(data=given_)
    form.office.choices = names(offices)
    form.project.choices = [(ALL, gettext("All projects of the office")), *names(projects)]
    form.extent.choices = [(extent.value, label(extent)) for extent in Extent]
    return form
