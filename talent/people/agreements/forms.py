"""Forms of agreements: a new version, and the tap under one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import Optional

from talent.forms import Form, at_most, blank_is_none, required
from talent.rules.agreement import Unsigned

FIELDS = {
    Unsigned.UNREAD: "read",
    Unsigned.TOO_SHORT: "text_zh",
    Unsigned.SAME: "text_zh",
}
LONGEST = 20_000


class VersionForm(Form):
    """The wording in both languages."""

    text_zh = TextAreaField(
        _l("Agreement in Chinese"), [required(), at_most(LONGEST)], render_kw={"rows": 16}
    )
    text_en = TextAreaField(
        _l("Agreement in English"),
        [Optional(), at_most(LONGEST)],
        filters=[blank_is_none],
        render_kw={"rows": 12},
    )


class SignForm(Form):
    """Who signs, and that it was read."""

    person_id = HiddenField()
    read = BooleanField(_l("I have read the agreement and keep to it."))
