"""The form of a closure: where, from which day to which, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, at_most, given, required
from talent.i18n import gettext
from talent.rules.bulk import Unbulked
from talent.shifts.projects.forms import number
from talent.shifts.projects.service import names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.offices.models import Office
    from talent.shifts.models import Project

FIELD_OF: dict[StrEnum, str] = {
    Unbulked.TURNED: "last",
    Unbulked.TOO_LONG: "last",
    Unbulked.NOTHING: "first",
    Unbulked.TOO_MANY: "last",
}


class ClosureForm(Form):
    """The shifts that do not take place."""

    series = HiddenField()
    office = SelectField(
        _l("Office"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
        description=_l("With all offices below it."),
    )
    project = SelectField(_l("Project"), coerce=number, validators=[Optional()])
    first = DateField(_l("First day"), validators=[given()])
    last = DateField(
        _l("Last day"),
        validators=[Optional()],
        description=_l("Empty: the first day alone."),
    )
    reason = StringField(
        _l("Reason"),
        validators=[required(), at_most(300)],
        description=_l("Everybody on the shifts is told these words."),
    )


def closure_form(
    offices: Sequence[Office], projects: Sequence[Project], **given_: Any
) -> ClosureForm:
    """The form with the offices and projects that may be chosen."""
    form = ClosureForm(data=given_)
    form.office.choices = names(offices)
    form.project.choices = [("", gettext("All projects of the office")), *names(projects)]
    return form
