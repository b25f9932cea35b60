"""The forms of planned posts: what is to be filled, by whom it was, why it was given up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, given
from talent.i18n import label, named
from talent.rules.forecast import Certainty
from talent.staffing.models import AppointmentKind
from talent.staffing.plans.service import MOST, Unplanned, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office
    from talent.staffing.models import Appointment

FIELDS: dict[StrEnum, str] = {
    Unplanned.MANY: "number",
    Unplanned.OTHER: "appointment",
    Unplanned.REASON: "reason",
}
_NUMBER = _l("Give a whole number from 1 to 100.")
_SHARE = _l("Give a share between 0.001 and 1.")


def number_field() -> IntegerField:
    """How many posts."""
    return IntegerField(
        _l("How many posts"),
        [InputRequired(message=_NUMBER), NumberRange(min=1, max=MOST, message=_NUMBER)],
        default=1,
        render_kw={"inputmode": "numeric"},
    )


def share_field() -> DecimalField:
    """How much of full time."""
    return DecimalField(
        _l("Share of full time"),
        [
            InputRequired(message=_SHARE),
            NumberRange(min=Decimal("0.001"), max=1, message=_SHARE),
        ],
        places=None,
        default=Decimal(1),
        description=_l("1 is full time, 0.5 half of it."),
        render_kw={"inputmode": "decimal", "step": "any"},
    )


class PlannedPostForm(Form):
    """So many posts of a kind that an office means to fill."""

    office = SelectField(_l("Office"), coerce=int)
    kind = SelectField(_l("Kind of appointment"))
    number = number_field()
    share = share_field()
    starts_on = DateField(_l("To be filled by"), [given()])
    certainty = RadioField(_l("How sure the post is"))
    note = StringField(_l("Note"), [Optional(), at_most(200)], filters=[blank_is_none])

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        kwargs.setdefault("certainty", Certainty.LIKELY.value)
        kwargs.setdefault("kind", AppointmentKind.FULL_TIME.value)
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [(kind.value, label(kind)) for kind in AppointmentKind]
        self.certainty.choices = [(each.value, label(each)) for each in Certainty]

    @property
    def wish(self) -> Wish:
        """The fields, as the service takes them."""
        return Wish(
            kind=AppointmentKind(self.kind.data),
            number=self.number.data,
            starts_on=self.starts_on.data,
            certainty=Certainty(self.certainty.data),
            share=self.share.data,
            note=self.note.data,
        )


class FillForm(Form):
    """Which appointment filled one of the posts."""

    appointment = SelectField(_l("Appointment"), coerce=int)

    def __init__(self, *args: Any, appointments: Iterable[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appointment.choices = [
            (row.id, f"{row.person.name} · {row.starts_on.isoformat()}") for row in appointments
        ]


class GiveUpForm(Form):
    """Why nobody is looked for any more."""

    reason = StringField(_l("Why it is given up"), [at_most(200)], filters=[blank_is_none])
