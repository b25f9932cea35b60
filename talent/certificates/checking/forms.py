"""The form that takes the PDF of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import ValidationError

from talent.certificates.checking.service import LARGEST_PDF
from talent.forms import Form
from talent.i18n import gettext

if TYPE_CHECKING:
    from wtforms import Field

MAGIC = b"%PDF-"


class FileForm(Form):
    """A PDF from somebody's device. It is looked at and not kept."""

    file = FileField(
        _l("PDF of the certificate"),
        [FileRequired(message=_l("Choose a file."))],
        description=_l("Drop the file here or choose it, at most 5 MB. It is not kept."),
        render_kw={"accept": ".pdf,application/pdf"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pdf = b""

    def validate_file(self, field: Field) -> None:
        """Nothing but a PDF is read."""
        with field.data.stream as file:
            self.pdf = file.read(LARGEST_PDF + 1)
        if not self.pdf.startswith(MAGIC):
            raise ValidationError(gettext("This is not a PDF."))
        if len(self.pdf) > LARGEST_PDF:
            raise ValidationError(gettext("The file is larger than %(megabytes)s MB.", megabytes=5))
