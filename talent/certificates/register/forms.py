"""The form for revoking."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from talent.certificates.models import RevocationKind
from talent.forms import Form, at_most, required
from talent.i18n import label


class RevocationForm(Form):
    """Why a certificate is revoked: a kind that everybody reads, and words for the office."""

    kind = RadioField(
        _l("Reason that everybody may read"),
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    why = TextAreaField(
        _l("What happened"),
        validators=[required(), at_most(300)],
        description=_l("Offices see it. The page on which anybody verifies does not show it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(each.value, label(each)) for each in RevocationKind]
