"""The form of a skill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, blank_is_none, required
from talent.i18n import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable


class SkillForm(Form):
    """A skill, in both languages."""

    name_zh = StringField(_l("Chinese name"), [required(), at_most(50)])
    name_en = StringField(_l("English name"), [Optional(), at_most(80)], filters=[blank_is_none])
    parent = SelectField(
        _l("Stands below"),
        coerce=int,
        default=0,
        description=_l("Who has this skill then has that one as well."),
    )

    def __init__(self, *args: Any, above: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent.choices = [(0, gettext("Nothing: it stands on top")), *above]

    @property
    def asked(self) -> dict[str, Any]:
        """The fields, as the service takes them."""
        return {
            "name_zh": self.name_zh.data,
            "name_en": self.name_en.data,
            "parent_id": self.parent.data or None,
        }


class EditSkillForm(SkillForm):
    """One that exists: also whether it is offered."""

    open = BooleanField(_l("This skill can be chosen"))
