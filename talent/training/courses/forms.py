"""The form of a course."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.files import FileTrouble
from talent.forms import Form, at_most, blank_is_none, chosen_file, given, required
from talent.i18n import gettext, label
from talent.rules.training import Kind, Refusal, Signing

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")

PREREQUISITE_FIELDS = {
    Refusal.ITSELF: "course_id",
    Refusal.CIRCLE: "course_id",
    Refusal.ASKED_ALREADY: "course_id",
}
MATERIAL_FIELDS = dict.fromkeys(FileTrouble, "file")


def number(text: Any) -> int | None:
    """The id that a list sends; an empty one is none."""
    return int(text) if str(text or "").isdecimal() else None


class CourseForm(Form):
    """What is taught. The office is chosen once."""

    office_id = SelectField(
        _l("Office that runs it"),
        coerce=int,
        description=_l("All offices below it can hold it too."),
    )
    name_zh = StringField(_l("Chinese name"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("English name"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    content = TextAreaField(_l("Main content"), validators=[required(), at_most(2000)])
    outcome = TextAreaField(
        _l("What one can do afterwards"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(1000)],
    )
    kind = SelectField(_l("Kind"), coerce=Kind.of)
    minutes = IntegerField(
        _l("Learning time"),
        validators=[InputRequired(_l("Please fill in this field.")), NumberRange(1, 60_000, WHOLE)],
    )
    valid_months = IntegerField(
        _l("Valid for"),
        description=_l("Leave it empty if it counts for ever."),
        validators=[Optional(), NumberRange(1, 600, WHOLE)],
    )
    least_share = IntegerField(
        _l("Least share that counts"),
        default=80,
        validators=[given(), NumberRange(0, 100, WHOLE)],
        description=_l("Who attended less of the planned time has no record."),
    )
    signing = RadioField(_l("Signing in by the code"), coerce=Signing.of)
    continuing_education = BooleanField(_l("Counts as continuing education of social workers"))
    open = BooleanField(_l("Open: sessions can be planned"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(each, label(each)) for each in Kind]
        self.signing.choices = [(each, label(each)) for each in Signing]
        if not self.is_submitted():
            self.kind.data = self.kind.data or Kind.SKILLS
            self.signing.data = self.signing.data or Signing.IN_ONLY


class PrerequisiteForm(Form):
    """A course or a kind of credential that must be held before."""

    course_id = SelectField(_l("Course"), coerce=number, validators=[Optional()])
    kind_id = SelectField(_l("Or a credential"), coerce=number, validators=[Optional()])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """One of the two."""
        well: bool = super().validate(*args, **kwargs)
        if bool(self.course_id.data) == bool(self.kind_id.data):
            said = gettext("Choose a course or a credential, one at a time.")
            self.course_id.errors = [*self.course_id.errors, said]
            return False
        return well


class MaterialForm(Form):
    """A link or a file."""

    title = StringField(_l("Title"), validators=[required(), at_most(150)])
    link = StringField(
        _l("Link"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(500)],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    file = FileField(
        _l("Or a file"),
        description=_l("PDF, PNG or JPEG, at most 5 MB."),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """An address of the web, or a file."""
        well: bool = super().validate(*args, **kwargs)
        said = None
        if bool(self.link.data) == bool(self.file.data):
            said = gettext("Give a link or a file, one at a time.")
        elif self.link.data and not is_web_address(self.link.data):
            said = gettext("A link begins with https:// or http://.")
        if said:
            self.link.errors = [*self.link.errors, said]
        return well and not said

    @property
    def handed_in(self) -> tuple[str, bytes] | None:
        """The name of the file and its bytes, or nothing."""
        return chosen_file(self.file)


def is_web_address(text: str) -> bool:
    """Whether a browser goes somewhere by it, and nothing runs."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.netloc)
