"""The form of a certificate of attendance."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from talent.certificates.models import CertificateLanguage
from talent.forms import Form
from talent.i18n import label


class AttendanceForm(Form):
    """In which language, and what else is shown."""

    language = RadioField(_l("Language"), default=CertificateLanguage.ZH.value)
    volunteer_no = BooleanField(_l("Show the volunteer number"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(each.value, label(each)) for each in CertificateLanguage]

    @property
    def chosen(self) -> CertificateLanguage:
        """The language."""
        return CertificateLanguage[self.language.data.upper()]
