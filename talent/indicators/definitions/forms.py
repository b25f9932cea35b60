"""The forms of an indicator and of its target."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from talent.forms import at_most, blank_is_none, required
from talent.i18n import gettext, label, named
from talent.indicators.definitions.service import (
    NewIndicator,
    NewQuantity,
    NewTarget,
    Undefined,
)
from talent.indicators.forms import NumberField
from talent.offices.models import Settlement
from talent.rules.indicators import Better, Formula, Measure
from talent.rules.sources import Sure
from talent.staffing.levels.forms import FIELDS as OF_LEVELS
from talent.staffing.levels.forms import LevelForm, OwnedForm, SureField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.indicators.models import Quantity

A_NEW_ONE = 0
FIELDS: dict[StrEnum, str] = OF_LEVELS | {
    Undefined.SAME: "denominator",
    Undefined.DENOMINATOR: "denominator",
}


class IndicatorForm(OwnedForm):
    """An indicator of an office's own."""

    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(200)], filters=[blank_is_none]
    )
    unit_zh = StringField(
        _l("Unit in Chinese"), [required(), at_most(30)], description=_l("For example: %, 个/社区.")
    )
    unit_en = StringField(_l("Unit in English"), [Optional(), at_most(60)], filters=[blank_is_none])
    formula = SelectField(
        _l("Formula"),
        description=_l("N is the numerator, D the denominator: raw figures, no percentages."),
    )
    numerator = SelectField(_l("Numerator"), coerce=int)
    new_name_zh = StringField(
        _l("New numerator: name in Chinese"), [at_most(100)], filters=[blank_is_none]
    )
    new_name_en = StringField(
        _l("New numerator: name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    new_unit_zh = StringField(
        _l("New numerator: unit in Chinese"), [at_most(20)], filters=[blank_is_none]
    )
    new_unit_en = StringField(
        _l("New numerator: unit in English"), [Optional(), at_most(40)], filters=[blank_is_none]
    )
    new_measure = SelectField(_l("New numerator: what is stated"))
    denominator = SelectField(_l("Denominator"), coerce=int)
    settlement = SelectField(_l("Which communities"))
    better = RadioField(_l("Which way is better"), [required()])
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("The document that sets it, with its number."),
    )
    sure = SureField()

    def __init__(self, *args: Any, quantities: Sequence[Quantity], **kwargs: Any) -> None:
        kwargs.setdefault("better", Better.MORE.value)
        super().__init__(*args, **kwargs)
        self.formula.choices = [(each.value, label(each)) for each in Formula]
        there = [(each.id, named(each)) for each in quantities]
        self.numerator.choices = [(A_NEW_ONE, gettext("A new one, named below")), *there]
        self.denominator.choices = [(A_NEW_ONE, gettext("None")), *there]
        self.new_measure.choices = [(each.value, label(each)) for each in Measure]
        both = ("", gettext("Urban and rural ones"))
        self.settlement.choices = [both, *((each.value, label(each)) for each in Settlement)]
        self.better.choices = [(each.value, label(each)) for each in Better]
        self.quantities = {each.id: each for each in quantities}

    def validate_new_name_zh(self, field: StringField) -> None:
        """A new numerator has a name."""
        if self.numerator.data == A_NEW_ONE and not field.data:
            raise ValidationError(gettext("Name the new numerator, or choose one that is there."))

    def validate_new_unit_zh(self, field: StringField) -> None:
        """And a unit."""
        if self.numerator.data == A_NEW_ONE and not field.data:
            raise ValidationError(gettext("Give the unit of the new numerator."))

    @property
    def stated(self) -> NewIndicator:
        """The fields, as the service takes them; the office is for the view to find."""
        new = NewQuantity(
            self.new_name_zh.data or "",
            self.new_name_en.data,
            self.new_unit_zh.data or "",
            self.new_unit_en.data,
            Measure(self.new_measure.data),
        )
        return NewIndicator(
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data,
            unit_zh=self.unit_zh.data or "",
            unit_en=self.unit_en.data,
            formula=Formula(self.formula.data),
            numerator=self.quantities.get(self.numerator.data) or new,
            denominator=self.quantities.get(self.denominator.data),
            settlement=Settlement.of(self.settlement.data),
            better=Better(self.better.data),
            source=self.source.data or "",
            sure=Sure(self.sure.data),
        )


class TargetForm(LevelForm):
    """A level to be reached, where and from when to when."""

    level = NumberField(
        _l("Target value"),
        [
            InputRequired(message=_l("Give a number.")),
            NumberRange(min=0, max=10**9, message=_l("Give a number from 0 to 1,000,000,000.")),
        ],
    )
    sure = SureField()

    @property
    def stated(self) -> NewTarget:
        """The fields, as the service takes them; the office is for the view to find."""
        return NewTarget(
            self.level.data or Decimal(0),
            self.valid_from.data,
            self.last_day.data,
            self.source.data or "",
            Sure(self.sure.data),
        )
