"""The forms of stated figures: a whole sheet of an office, and one figure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from talent.forms import Form, at_most, given, required
from talent.i18n import date_of, gettext, named, sentence
from talent.indicators.forms import NumberField, unit_of
from talent.indicators.stated.service import Sheet, Unwritten, unlike
from talent.offices.models import OfficeKind
from talent.rules.indicators import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

    from wtforms import Field

    from talent.indicators.models import Quantity, StatedFigure
    from talent.offices.models import Office

FIELDS: dict[StrEnum, str] = {
    Unwritten.IN_FUTURE: "as_of",
    Unwritten.TWICE: "as_of",
    Unwritten.WHOLE: "number",
    Unwritten.RANGE: "number",
    Unwritten.YES_NO: "number",
}


class OriginForm(Form):
    """The day and the source of what is stated."""

    as_of = DateField(
        _l("As of"), [given()], description=_l("The day on which it was so, for all figures below.")
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("Where the figures are from, for example the yearly report of the office."),
    )


def sheet_form(
    office: Office,
    quantities: Sequence[Quantity],
    latest: Mapping[int, StatedFigure],
    **given_: Any,
) -> OriginForm:
    """The form of one office: a field for each quantity, empty, with what was stated last."""
    fields = {name(each): _field(each, office, latest.get(each.id)) for each in quantities}
    form: OriginForm = type("SheetForm", (OriginForm,), fields)(**given_)
    return form


def name(quantity: Quantity) -> str:
    """The name of a quantity's field."""
    return f"quantity_{quantity.id}"


def _field(quantity: Quantity, office: Office, last: StatedFigure | None) -> Field:
    told = gettext("Nothing stated yet.")
    asks = quantity.measure is Measure.YES_NO and office.kind is OfficeKind.COMMUNITY
    if last:
        number = f"{last.number.normalize():f}"
        if asks:
            number = gettext("Yes") if last.number else gettext("No")
        told = gettext(
            "Stated last: %(number)s, as of %(day)s", number=number, day=date_of(last.as_of)
        )
    if asks:
        said = (("", "—"), ("1", gettext("Yes")), ("0", gettext("No")))
        choices = [SelectChoice(*each) for each in said]
        return SelectField(named(quantity), [Optional()], choices=choices, description=told)
    unit = unit_of(quantity)
    label = f"{named(quantity)} ({unit})" if unit else named(quantity)

    def possible(_form: Form, field: Field) -> None:
        why = None if field.data is None else unlike(quantity, office, field.data)
        if why:
            raise ValidationError(sentence(why))

    return NumberField(label, [Optional(), possible], description=told)


def sheet_of(form: OriginForm, quantities: Sequence[Quantity]) -> Sheet:
    """What was typed, as the service takes it; an empty field states nothing."""
    typed = {each.id: form[name(each)].data for each in quantities}
    numbers = {id_: Decimal(data) for id_, data in typed.items() if data not in {None, ""}}
    return Sheet(form.as_of.data, form.source.data, numbers)


class FigureForm(OriginForm):
    """One figure."""

    number = NumberField(_l("How many"), [InputRequired(message=_l("Give a number."))])

    @property
    def stated(self) -> Sheet:
        """The fields, as the service takes them."""
        number = self.number.data or Decimal(0)  # there is one: the field asks for it
        return Sheet(self.as_of.data, self.source.data, {0: number})
