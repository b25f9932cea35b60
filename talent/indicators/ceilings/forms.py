"""The forms of a kind of work and of its ceiling."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from talent.forms import at_most, blank_is_none, required
from talent.i18n import gettext, named
from talent.indicators.ceilings.service import NewCeiling, NewKind, Unset
from talent.indicators.forms import NumberField
from talent.rules.sources import Sure
from talent.staffing.levels.forms import FIELDS as OF_LEVELS
from talent.staffing.levels.forms import LevelForm, OwnedForm, SureField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.indicators.models import WorkKind


NO_KIND = 0
FIELDS: dict[StrEnum, str] = OF_LEVELS | {
    Unset.ALONE: "beside_most",
    Unset.SAME: "beside",
}


class KindForm(OwnedForm):
    """A kind of work of an office's own."""

    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    unit_zh = StringField(_l("Unit in Chinese"), [required(), at_most(20)])
    unit_en = StringField(_l("Unit in English"), [Optional(), at_most(40)], filters=[blank_is_none])

    @property
    def stated(self) -> NewKind:
        """The fields, as the service takes them."""
        return NewKind(
            self.name_zh.data or "", self.name_en.data, self.unit_zh.data or "", self.unit_en.data
        )


_NUMBER = _l("Give a number above zero.")


class CeilingForm(LevelForm):
    """At most so many of a kind for one full-time worker."""

    most = NumberField(
        _l("At most, for one full-time worker"),
        [InputRequired(message=_NUMBER), NumberRange(Decimal("0.01"), 10**6, message=_NUMBER)],
    )
    beside = SelectField(
        _l("Beside another kind"),
        coerce=int,
        description=_l("Then it holds for workers who have both, instead of the two ceilings."),
    )
    beside_most = NumberField(
        _l("At most of the other kind"),
        [Optional(), NumberRange(Decimal("0.01"), 10**6, message=_NUMBER)],
    )
    sure = SureField()

    def __init__(self, *args: Any, others: Sequence[WorkKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside.choices = [
            (NO_KIND, gettext("None")), *((each.id, named(each)) for each in others),
        ]  # fmt: skip
        self.others = {each.id: each for each in others}

    def validate_most(self, field: NumberField) -> None:
        """The column keeps two decimals."""
        if field.data is not None and field.data != round(field.data, 2):
            raise ValidationError(gettext("Give at most %(number)s decimals.", number=2))

    @property
    def stated(self) -> NewCeiling:
        """The fields, as the service takes them; the office is for the view to find."""
        return NewCeiling(
            self.most.data or Decimal(0),
            self.others.get(self.beside.data),
            self.beside_most.data,
            self.valid_from.data,
            self.last_day.data,
            self.source.data or "",
            Sure(self.sure.data),
        )
