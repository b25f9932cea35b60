"""The form with which a photograph is handed in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from talent.forms import Form, required
from talent.people.photographs.service import NoPhotograph

FIELDS = dict.fromkeys(NoPhotograph, "picture")


class PhotographForm(Form):
    """A picture, and the consent to keep it."""

    picture = FileField(
        _l("Photograph"),
        [FileRequired(message=_l("Please choose a picture."))],
        description=_l("JPEG, PNG or WebP, at most 8 MB. It is made small and cut to a square."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    agreed = BooleanField(_l("I agree that this photograph is kept."), [required()])


class OfficePhotographForm(PhotographForm):
    """The office hands it in for the person."""

    agreed = BooleanField(
        _l("The signed consent to the photograph is with the office."), [required()]
    )
