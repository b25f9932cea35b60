"""The form of a skill."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, blank_is_none, required


class SkillForm(Form):
    """A skill, in both languages."""

    name_zh = StringField(_l("Chinese name"), [required(), at_most(50)])
    name_en = StringField(_l("English name"), [Optional(), at_most(80)], filters=[blank_is_none])


class EditSkillForm(SkillForm):
    """One that exists: also whether it is offered."""

    open = BooleanField(_l("This skill can be chosen"))
