"""The form with which an office hands in its seal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField

from talent.certificates.seals.service import Unsealed
from talent.forms import Form

FIELD_OF = dict.fromkeys(Unsealed, "picture")


class SealForm(Form):
    """A picture, and where it may stand."""

    picture = FileField(
        _l("Picture of the seal"),
        description=_l(
            "PNG or JPEG, square, at least 120 pixels. White paper around the seal becomes "
            "transparent."
        ),
    )
    own_exports = BooleanField(
        _l("Also on certificates that volunteers print themselves"),
        description=_l("Otherwise those have an empty place for the seal."),
    )
