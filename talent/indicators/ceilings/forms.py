"""The forms of a kind of work and of its ceiling."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from talent.forms import Form, at_most, blank_is_none, given, required
from talent.i18n import gettext, named
from talent.indicators.ceilings.service import NewCeiling, NewKind, Unset
from talent.indicators.definitions.forms import places
from talent.indicators.forms import NumberField, sureness
from talent.rules.sources import Sure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from talent.indicators.models import WorkKind
    from talent.offices.models import Office


NO_KIND = 0


FIELDS: dict[StrEnum, str] = {
    Unset.TURNED: "last_day",
    Unset.ALONE: "beside_most",
    Unset.SAME: "beside",
}


class KindForm(Form):
    """A kind of work of an office's own."""

    office = SelectField(
        _l("Holds for"), coerce=int, description=_l("This office and all offices below it.")
    )
    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    unit_zh = StringField(_l("Unit in Chinese"), [required(), at_most(20)])
    unit_en = StringField(_l("Unit in English"), [Optional(), at_most(40)], filters=[blank_is_none])

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]

    @property
    def stated(self) -> NewKind:
        """The fields, as the service takes them."""
        return NewKind(
            self.name_zh.data or "", self.name_en.data, self.unit_zh.data or "", self.unit_en.data
        )


_NUMBER = _l("Give a number above zero.")


class CeilingForm(Form):
    """At most so many of a kind for one full-time worker."""

    office = SelectField(
        _l("Holds for"), coerce=int, description=_l("This office and all offices below it.")
    )
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
    valid_from = DateField(_l("First day"), [given()])
    last_day = DateField(
        _l("Last day that counts"),
        [Optional()],
        description=_l("Leave it empty while no end is known."),
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("The document that sets it, with its number."),
    )
    sure = SelectField(_l("How sure this is"))

    def __init__(
        self,
        *args: Any,
        offices: Iterable[Office],
        everybody: bool,
        others: Sequence[WorkKind],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("sure", Sure.OWN.value)
        super().__init__(*args, **kwargs)
        self.office.choices = places(offices, everybody=everybody)
        self.beside.choices = [
            (NO_KIND, gettext("None")), *((each.id, named(each)) for each in others),
        ]  # fmt: skip
        self.sure.choices = sureness()
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
