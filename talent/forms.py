"""The base of every form: typed text is trimmed and composed, messages are translated."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from talent.i18n import gettext, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wtforms import Field

    from talent.errors import Refused

_REQUIRED = _l("Please fill in this field.")
FIRST_YEAR, LAST_YEAR = 1900, 2199  # beyond, a day is a slip, and calendars end


def composed(text: Any) -> Any:
    """Trim, and write each character one way (NFC). Control characters go."""
    if not isinstance(text, str):
        return text
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept.replace("\r\n", "\n")).strip()


def is_on_calendar(day: date) -> bool:
    """Whether it is a day that somebody can mean; with others no time can be reckoned."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def on_calendar(value: Any) -> Any:
    """The filter of days and moments: one that nobody can mean is as if it could not be read."""
    if isinstance(value, date) and not is_on_calendar(value):
        raise ValueError(
            gettext("Give a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    return value


def blank_is_none(text: Any) -> Any:
    """An empty text field is an unknown value."""
    return text or None


def required() -> DataRequired:
    """The validator of a field that must be filled in, with our own sentence."""
    return DataRequired(message=_REQUIRED)


def given() -> InputRequired:
    """The same for days and numbers: one that cannot be read is said to be so, not to be empty."""
    return InputRequired(message=_REQUIRED)


def at_most(characters: int) -> Length:
    """The validator of a text's length in characters (code points)."""
    sentence_ = _l("Please use at most %(max)d characters.", max=characters)
    return Length(max=characters, message=sentence_)


class Form(FlaskForm):
    """Every form of Talent."""

    class Meta(FlaskForm.Meta):
        """Field defaults."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if not issubclass(unbound_field.field_class, (FieldList, FormField)):
                own = unbound_field.kwargs.get("filters", ())
                options["filters"] = [composed, on_calendar, *own]
            return unbound_field.bind(form=form, **options)

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            if isinstance(field, SelectField) and not isinstance(field, RadioField):
                first = next(iter(field.iter_choices()), ("",))
                if first[0]:  # something is always chosen, and HTML wants an empty one otherwise
                    render_kw["required"] = False
            return super().render_field(field, render_kw)

    def refuse(self, refusal: Refused, fields: Mapping[Any, str] | None = None) -> None:
        """Put each reason beside the field it is about; the rest stand on top of the form."""
        for reason in refusal.reasons:
            name = (fields or {}).get(reason.why)
            if name and name in self:
                self[name].errors = [*self[name].errors, sentence(reason)]
            else:
                self.form_errors.append(sentence(reason))

    def wrong_in(self, page: str) -> list[Field]:
        """The fields with something wrong, in the order in which the page shows them."""

        def place(field: Field) -> int:
            found = [page.find(f'id="{field.id}{end}') for end in ('"', "-")]
            return min((at for at in found if at >= 0), default=len(page))

        return sorted((each for each in self if each.errors), key=place)

    @property
    def failed(self) -> bool:
        """Whether the page must show that something is wrong."""
        return bool(self.errors or self.form_errors)


def chosen_file(field: Field) -> tuple[str, bytes] | None:
    """The name and the bytes of a file, if one was chosen."""
    if not (file := field.data):
        return None
    try:
        return file.filename, file.read()
    finally:
        file.close()  # a large one lies in a temporary file


class Boxes(SelectMultipleField):
    """Several of a list, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MomentField(DateTimeLocalField):
    """A day and a time on the office's wall clock, given to the code as an aware moment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
        self.zone = kwargs.pop("zone", "Asia/Shanghai")
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if isinstance(self.data, datetime):
            return self.data.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%dT%H:%M")
        return ""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        read: Any = getattr(self, "data", None)
        if isinstance(read, datetime) and read.tzinfo is None:
            self.data = read.replace(tzinfo=ZoneInfo(self.zone))
