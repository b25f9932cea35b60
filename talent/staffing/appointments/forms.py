"""The form of an appointment: the last day is asked, as people speak of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, given, required
from talent.i18n import label, named
from talent.staffing.appointments.service import Terms, Unappointed
from talent.staffing.models import AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

FIELDS: dict[StrEnum, str] = {
    Unappointed.TURNED: "last_day",
    Unappointed.TWICE: "starts_on",
    Unappointed.SAME_POST: "starts_on",
    Unappointed.PROBATION: "probation_until",
    Unappointed.LEAVE: "leave_until",
}


class AppointmentForm(Form):
    """Which post, how much of full time, from when to when."""

    office = SelectField(_l("Office"), coerce=int)
    kind = RadioField(_l("Kind of appointment"), [required()])
    post = StringField(
        _l("Post"),
        [Optional(), at_most(100)],
        filters=[blank_is_none],
        description=_l("As it is called, for example secretary or deputy director."),
    )
    share = DecimalField(
        _l("Share of full time"),
        [
            InputRequired(message=_l("Give a share between 0.001 and 1.")),
            NumberRange(
                min=Decimal("0.001"), max=1, message=_l("Give a share between 0.001 and 1.")
            ),
        ],
        places=None,
        default=Decimal(1),
        description=_l("1 is full time, 0.5 half of it."),
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    starts_on = DateField(_l("First day"), [given()])
    last_day = DateField(
        _l("Last day that counts"),
        [Optional()],
        description=_l("Leave it empty while no end is known."),
    )
    probation_until = DateField(
        _l("On probation until"),
        [Optional()],
        description=_l("The last day of the probation, if there is one."),
    )
    on_leave = BooleanField(_l("On long leave"))
    leave_from = DateField(_l("First day of the leave"), [Optional()])
    leave_until = DateField(
        _l("Last day of the leave"),
        [Optional()],
        description=_l("Leave it empty while nobody knows when this person comes back."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [(kind.value, label(kind)) for kind in AppointmentKind]

    @property
    def terms(self) -> Terms:
        """The fields, as the service takes them."""
        return Terms(
            kind=AppointmentKind(self.kind.data),
            starts_on=self.starts_on.data,
            last_day=self.last_day.data,
            post=self.post.data,
            share=self.share.data,
            on_leave=self.on_leave.data,
            probation_until=self.probation_until.data,
            leave_from=self.leave_from.data if self.on_leave.data else None,
            leave_until=self.leave_until.data if self.on_leave.data else None,
        )
