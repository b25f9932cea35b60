"""The form of a draft: a name, the days, and every rule of counting, empty where it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from talent.errors import Refused
from talent.forms import Form, at_most, blank_is_none, required
from talent.hours.counting.service import COUNTING
from talent.i18n import gettext, label, sentence
from talent.offices import settings
from talent.offices.forms import DayField, a_day, shown
from talent.rules.drafts import Untried

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from talent.offices.models import Setting

FIELD_OF: dict[StrEnum, str] = {
    Untried.NOT_TO_COME: "valid_from",
    Untried.TURNED: "last_day",
    Untried.NOT_OVER: "last_day",
    Untried.TOO_LONG: "last_day",
    settings.Unset.LIMITS: "self_approved_minutes",
}


class DraftForm(Form):
    """A draft of a profile. The rules themselves are added for what holds at the office."""

    name = StringField(_l("Name of the draft"), [required(), at_most(100)])
    note = TextAreaField(_l("Note"), [Optional(), at_most(500)], filters=[blank_is_none])
    valid_from = DayField(
        _l("Would hold from"),
        [a_day()],
        description=_l("A day to come: what was recorded before stays as it is."),
    )
    first_day = DayField(_l("Try it on the records from"), [a_day()])
    last_day = DayField(_l("Up to"), [a_day()])

    @property
    def rules(self) -> list[Any]:
        """The fields of the rules."""
        return [self[setting.value] for setting in COUNTING]

    def changed(self, held: Mapping[Setting, Any]) -> dict[Setting, Any]:
        """What was typed and differs from what holds; what cannot be read is said beside it."""
        found = {}
        refused = False
        for setting in COUNTING:
            typed = self[setting.value].data or ""
            if not typed:
                continue
            try:
                value = settings.read(setting, typed)
            except Refused as refusal:
                refused = True
                self[setting.value].errors = [sentence(why) for why in refusal.reasons]
            else:
                if value != held[setting]:
                    found[setting] = value
        if refused:
            raise Refused([])
        return found


def draft_form(held: Mapping[Setting, Any], **kept: Any) -> DraftForm:
    """The form for an office at which this holds today."""

    class Whole(DraftForm):
        """With one field for each rule."""

    for setting in COUNTING:
        setattr(Whole, setting.value, _field(setting, held[setting]))
    return Whole(**kept)


def _field(setting: Setting, value: Any) -> Any:
    now = shown(setting, value)
    if setting in settings.WORDS:
        words = {code: gettext(said) for code, said in settings.WORDS[setting].items()}
        stays = {"": gettext("As it is: %(value)s", value=now)}
        return SelectField(label(setting), [Optional()], choices=stays | words)
    hint = gettext("As it is: %(value)s", value=now)
    return StringField(label(setting), [Optional(), at_most(10)], description=hint)
