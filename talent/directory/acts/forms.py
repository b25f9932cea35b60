"""What is to be done to many people: the fields of each kind of act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from talent.directory.models import ManyKind
from talent.forms import Form, at_most, required
from talent.i18n import gettext, named

if TYPE_CHECKING:
    from collections.abc import Sequence

_K = ManyKind
_LANGUAGES = {"zh": "中文", "en": "English"}
FIELDS: dict[ManyKind, tuple[str, ...]] = {
    _K.GIVE_SKILL: ("skill",),
    _K.TAKE_SKILL: ("skill",),
    _K.GIVE_CATEGORY: ("category",),
    _K.TAKE_CATEGORY: ("category",),
    _K.PAUSE: ("reason", "at"),
    _K.RESUME: ("reason", "at"),
    _K.TIE: ("office",),
    _K.JOIN_TEAM: ("team",),
    _K.SET_LANGUAGE: ("language",),
    _K.SEND: ("office", "subject", "text"),
}
_CHOOSE = _l("Please choose one.")


def _one(text: Any) -> SelectField:
    return SelectField(text, coerce=int, validators=[NumberRange(min=1, message=_CHOOSE)])


class WishForm(Form):
    """One kind of act."""

    skill = _one(_l("Skill"))
    category = _one(_l("Kind of service"))
    team = _one(_l("Team"))
    office = _one(_l("Office"))
    reason = StringField(_l("Reason"), validators=[required(), at_most(300)])
    at = SelectField(_l("At which office"), coerce=int)
    language = RadioField(_l("Language of messages"), choices=_LANGUAGES, default="zh")
    subject = StringField(_l("Subject"), validators=[required(), at_most(100)])
    text = TextAreaField(_l("Text"), validators=[required(), at_most(2000)])

    def __init__(self, kind: ManyKind, things: dict[str, Sequence[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.named: dict[str, dict[int, str]] = {}
        for name in [f.name for f in self if f.name not in {*FIELDS[kind], "csrf_token"}]:
            del self[name]
        for name, rows in things.items():
            first = gettext("All my offices") if name == "at" else gettext("Please choose")
            if name in self:
                names = {row.id: named(row) for row in rows}
                self[name].choices = [(0, first), *names.items()]
                self.named[name] = names

    @property
    def wish(self) -> dict[str, Any]:
        """What is to be done, as it is kept with the act."""
        names = {"at": "office"}
        return {names.get(name, name): self[name].data for name in FIELDS[self.kind]}

    @property
    def why(self) -> str:
        """The reason of those acts that have one."""
        return str(self.reason.data or "")

    @property
    def title(self) -> str:
        """The skill, the office, the subject: what the act is about, in a few words."""
        first = FIELDS[self.kind][0]
        if self.kind is _K.SEND:
            return str(self.subject.data)
        if self.kind is _K.SET_LANGUAGE:
            return _LANGUAGES.get(self.language.data, "")
        return self.named[first].get(self[first].data, "") if first in self.named else self.why
