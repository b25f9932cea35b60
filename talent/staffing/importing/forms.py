"""The forms that take a spreadsheet of staffing."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField
from wtforms.validators import InputRequired, NumberRange

from talent.forms import Form

_SHARE = _l("Give a share between 0.001 and 1.")


class UploadForm(Form):
    """A file."""

    file = FileField(
        _l("File"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("A spreadsheet: .xlsx, .xls or .csv, at most 5 MB."),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )


class AppointmentsForm(UploadForm):
    """A file, and what it leaves open."""

    part = DecimalField(
        _l("Share of full time of those whom the file calls not full-time"),
        [InputRequired(message=_SHARE), NumberRange(min=Decimal("0.001"), max=1, message=_SHARE)],
        places=None,
        default=Decimal("0.5"),
        description=_l("Only where the file has a yes or no and no share. 0.5 is half."),
        render_kw={"inputmode": "decimal", "step": "any"},
    )
