"""Forms of offices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import Email, InputRequired, NumberRange, Optional, ValidationError

from talent.forms import Form, at_most, blank_is_none, required
from talent.i18n import gettext, hours, label, sentence
from talent.offices.models import OfficeKind, Setting, Settlement
from talent.offices.settings import WORDS, written
from talent.offices.tree import ZONES, Misplaced, Particulars
from talent.rules.credit_code import Uncoded
from talent.sheets.cells import Unusable, narrow, phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.models import Office

_NOT_A_DAY = _l("Please choose a day.")
_FROM_THE_LIST = _l("Please choose one from the list.")
_HOUR = 60  # minutes
_PLACES = 999  # of the order in a list


def _worded(words: Iterable[Any]) -> dict[str, str]:
    return {word.value: label(word) for word in words}


class ChoiceField(SelectField):
    """One of a list, with our own sentence for anything else."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(str(_FROM_THE_LIST)) from error


class WholeNumberField(IntegerField):
    """A whole number, with our own sentence for anything else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([narrow(each).strip() for each in valuelist])
        except ValueError as error:
            raise ValueError(str(_l("Please write a whole number."))) from error


class DayField(DateField):
    """A day, with our own sentence for anything else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_NOT_A_DAY)) from error


def a_day() -> InputRequired:
    """The validator of a day that must be given; what was typed and is none keeps its sentence."""
    return InputRequired(message=_NOT_A_DAY)


def mail_address() -> Email:
    """The validator of a mail address, with our own sentence."""
    return Email(message=_l("Please write a mail address like name@example.org."))


class OfficeForm(Form):
    """What an office says about itself."""

    kind = ChoiceField(_l("Kind"))
    name_zh = StringField(_l("Chinese name"), [required(), at_most(100)])
    name_en = StringField(_l("English name"), [Optional(), at_most(150)], filters=[blank_is_none])
    division_code = StringField(
        _l("Division code"),
        [Optional()],
        filters=[blank_is_none],
        description=_l("Six digits for a district, nine for a street or town, twelve below."),
    )
    credit_code = StringField(
        _l("Unified social credit code"),
        [Optional()],
        filters=[blank_is_none],
        description=_l("18 characters, as on the certificate of registration."),
    )
    contact_name = StringField(
        _l("Contact person"), [Optional(), at_most(50)], filters=[blank_is_none]
    )
    contact_phone = TelField(
        _l("Contact phone"), [Optional(), at_most(30)], filters=[blank_is_none]
    )
    contact_email = EmailField(
        _l("Contact mail address"),
        [Optional(), at_most(254), mail_address()],
        filters=[blank_is_none],
    )
    address = StringField(_l("Address"), [Optional(), at_most(200)], filters=[blank_is_none])
    settlement = RadioField(_l("Urban or rural"), default=Settlement.URBAN.value)
    zone = ChoiceField(_l("Time zone"), default=ZONES[0])
    households = WholeNumberField(
        _l("Households"),
        [
            Optional(),
            NumberRange(
                0, 1_000_000, message=_l("Please write a number from 0 to %(max)d.", max=1_000_000)
            ),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _worded(OfficeKind)
        self.settlement.choices = _worded(Settlement)
        office: Office | None = kwargs.get("obj")
        zones = dict.fromkeys((*ZONES, *([office.zone] if office else [])))
        self.zone.choices = {zone: zone for zone in zones}

    def validate_contact_phone(self, field: Any) -> None:
        """A phone number stays as it was typed, but it has to be one."""
        try:
            phone(field.data)
        except Unusable as unusable:
            raise ValidationError(sentence(unusable.because)) from unusable

    @property
    def particulars(self) -> Particulars:
        """What was typed, as values."""
        return Particulars(
            kind=next(kind for kind in OfficeKind if kind.value == self.kind.data),
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            division_code=narrow(self.division_code.data or "") or None,
            credit_code=self.credit_code.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            contact_email=self.contact_email.data,
            address=self.address.data,
            settlement=next(s for s in Settlement if s.value == self.settlement.data),
            zone=self.zone.data,
            households=self.households.data,
            open=self.open.data if "open" in self else True,
        )


class NewOfficeForm(OfficeForm):
    """An office below another one."""

    parent_id = ChoiceField(_l("Belongs to"), coerce=int)


class EditOfficeForm(OfficeForm):
    """An office that exists; one that is closed stays in every record."""

    open = BooleanField(_l("This office is at work"))


OFFICE_FIELDS: dict[Any, str] = {
    Misplaced.KIND: "kind",
    Misplaced.CODE_TAKEN: "credit_code",
    Misplaced.DIVISION: "division_code",
    **dict.fromkeys(Uncoded, "credit_code"),
}


class RuleForm(Form):
    """A value of an office's own, from a day on, or the return to what stands above."""

    value = StringField(_l("Value"), [at_most(100)])
    inherit = BooleanField(_l("Let the value of the office above hold again"))
    valid_from = DayField(_l("Holds from"), [a_day()])


class WordRuleForm(RuleForm):
    """The same where the value is one of a few words."""

    value = ChoiceField(_l("Value"))

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value.choices = {code: gettext(said) for code, said in WORDS[setting].items()}


def rule_form(setting: Setting, **kept: Any) -> RuleForm:
    """The form of a setting: a list where there are words to choose from."""
    return WordRuleForm(setting=setting, **kept) if setting in WORDS else RuleForm(**kept)


def shown(setting: Setting, value: Any) -> str:
    """A value as it is read: words in the reader's language, many minutes also in hours."""
    if setting in WORDS:
        return gettext(WORDS[setting][value])
    if isinstance(value, int) and setting.value.endswith("_minutes") and value >= _HOUR:
        return gettext("%(minutes)s (%(hours)s)", minutes=value, hours=hours(value))
    return written(value)


class DayForm(Form):
    """A day of the work calendar."""

    day = DayField(_l("Day"), [a_day()])
    works = RadioField(_l("On this day people"), coerce=lambda given: str(int(given)), default="0")
    name = StringField(_l("Name of the day"), [required(), at_most(50)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.works.choices = {"0": gettext("are off"), "1": gettext("work")}


class CategoryForm(Form):
    """A service category."""

    name_zh = StringField(_l("Chinese name"), [required(), at_most(50)])
    name_en = StringField(_l("English name"), [Optional(), at_most(80)], filters=[blank_is_none])


class EditCategoryForm(CategoryForm):
    """One that exists: also its place in the list, and whether it is offered."""

    place = WholeNumberField(
        _l("Place in the list"),
        [
            NumberRange(
                0, _PLACES, message=_l("Please write a number from 0 to %(max)d.", max=_PLACES)
            )
        ],
    )
    open = BooleanField(_l("This category can be chosen"))
