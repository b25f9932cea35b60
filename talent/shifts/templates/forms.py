"""The forms of templates: keeping one, and planning from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from talent.forms import Form, at_most, given, required
from talent.i18n import label
from talent.shifts.copying.service import Extent
from talent.shifts.projects.forms import number
from talent.shifts.projects.service import names
from talent.shifts.templates.service import Untemplated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.shifts.models import Project

FIELD_OF: dict[StrEnum, str] = {Untemplated.NOTHING: "day", Untemplated.NAME_TAKEN: "name"}


class TemplateForm(Form):
    """A day or a week of a project, under a name."""

    name = StringField(_l("Name of the template"), validators=[required(), at_most(100)])
    extent = RadioField(_l("What is kept"), default=Extent.WEEK.value)
    day = DateField(_l("The day, or one of the week"), validators=[given()])


class UseForm(Form):
    """Into which project, from which day on."""

    project = SelectField(
        _l("Project"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    first = DateField(
        _l("First day"),
        validators=[given()],
        description=_l("Of a week, its Monday."),
    )


def template_form(**given_: Any) -> TemplateForm:
    """The form of a new template."""
    form = TemplateForm(data=given_)
    form.extent.choices = [(e.value, label(e)) for e in (Extent.DAY, Extent.WEEK)]
    return form


def use_form(projects: Sequence[Project], **given_: Any) -> UseForm:
    """The form of planning from a template."""
    form = UseForm(data=given_)
    form.project.choices = names(projects)
    return form
