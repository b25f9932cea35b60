"""Forms for issuing: what is certified, what is shown, and for whom."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.validators import Optional

from talent.certificates.issuing.service import Wish
from talent.certificates.models import CertificateLanguage
from talent.forms import Form, at_most
from talent.i18n import gettext, label, named
from talent.rules.certificates import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.models import Office


def new_token() -> str:
    """By which a form that is sent again is known."""
    return secrets.token_urlsafe(16)


FIELD_OF = {Refusal.PERIOD_BACKWARDS: "last", Refusal.PERIOD_NOT_OVER: "last"}


class WishForm(Form):
    """What a certificate is to say."""

    first = DateField(_l("First day"), validators=[Optional()])
    last = DateField(
        _l("Last day, included"),
        validators=[Optional()],
        description=_l("Leave both days empty for everything up to today."),
    )
    office_id = SelectField(_l("Recorded by"), coerce=int, default=0)
    language = RadioField(_l("Language"), default=CertificateLanguage.ZH.value)
    document = BooleanField(_l("Show the identity number, all but its ends hidden"))
    volunteer_no = BooleanField(_l("Show the volunteer number"))
    once = HiddenField(default=new_token, validators=[at_most(40)])  # sent twice, it is one act

    def __init__(self, units: Iterable[Office], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = [(0, gettext("All offices that recorded service"))]
        self.office_id.choices = everyone + [(unit.id, named(unit)) for unit in units]
        self.language.choices = [(each.value, label(each)) for each in CertificateLanguage]

    @property
    def wish(self) -> Wish:
        """What was typed, as the service takes it."""
        return Wish(
            first=self.first.data,
            last=self.last.data,
            language=CertificateLanguage[self.language.data.upper()],
            office_id=self.office_id.data or None,
            document=self.document.data,
            volunteer_no=self.volunteer_no.data,
        )
