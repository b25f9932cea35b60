"""The forms of the time bank."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from talent.forms import Form, MomentField, at_most, blank_is_none, given, required
from talent.i18n import gettext
from talent.rules.timebank import Donations, Ungiven, Unmoved, Unspent

MOST = 100_000 * 60  # minutes, beyond which a number is a slip
_MINUTES = NumberRange(1, MOST, _l("Write a whole number of minutes, at least 1."))
ON_MINUTES = dict.fromkeys(
    (
        Unspent.NOTHING, Unspent.SHORT, Unspent.LONG, Unspent.BELOW, Ungiven.FULL,
        Ungiven.POOL_SHORT, Unmoved.MORE, Unmoved.SHORT,
    ),
    "minutes",
)  # fmt: skip


def minutes_field(label: Any) -> IntegerField:
    """A length of time."""
    told = _l("In minutes: 60 are one hour.")
    return IntegerField(label, validators=[given(), _MINUTES], description=told)


class AskForm(Form):
    """What service, when, how long, and which office is to see to it."""

    what = TextAreaField(
        _l("What do you need?"),
        validators=[required(), at_most(500)],
        description=_l("For example: go shopping with me, take me to the hospital."),
    )
    office_id = SelectField(_l("Which office is to see to it?"), coerce=int)
    starts_at = MomentField(_l("When?"), validators=[given()])
    minutes = minutes_field(_l("How long?"))

    fields = ON_MINUTES | {Unspent.PAST: "starts_at", Unspent.FAR: "starts_at"}


class DonateForm(Form):
    """How much, and to whom."""

    way = RadioField(_l("To whom?"))
    number = StringField(
        _l("Volunteer number"),
        validators=[Optional(), at_most(32)],
        description=_l(
            "Of the person who is to have the time. It stands on each particulars page."
        ),
    )
    minutes = minutes_field(_l("How much?"))
    note = StringField(
        _l("Words for it"), validators=[Optional(), at_most(200)], filters=[blank_is_none]
    )

    fields = ON_MINUTES | {Ungiven.UNKNOWN: "number", Ungiven.SELF: "number"}

    def __init__(self, *args: Any, allowed: Donations, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = (Donations.POOL, Donations.PERSON) if allowed is Donations.BOTH else (allowed,)
        words = {
            Donations.POOL: gettext("The common pool for those in need"),
            Donations.PERSON: gettext("A person"),
        }
        self.way.choices = [(way.value, words[way]) for way in ways]
        if self.way.data is None and len(ways) == 1:
            self.way.data = ways[0].value

    def validate(self, extra_validators: Any = None) -> bool:
        """The number is needed when a person is to have the time."""
        well = bool(super().validate(extra_validators))
        if self.to_person and not self.number.data:
            self.number.errors = [gettext("Write the volunteer number of the person.")]
            return False
        return well

    @property
    def to_person(self) -> bool:
        """Whether a person and not the pool is chosen."""
        return bool(self.way.data == Donations.PERSON.value)


class AnswerForm(Form):
    """Why the office cannot see to it."""

    why = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class BookForm(Form):
    """How long the service took."""

    minutes = minutes_field(_l("How long did it take?"))

    fields = ON_MINUTES


class GiveForm(Form):
    """How much from the pool, and why."""

    minutes = minutes_field(_l("How much?"))
    reason = TextAreaField(_l("Why"), validators=[required(), at_most(500)])

    fields = ON_MINUTES


class PeriodForm(Form):
    """The days of a statement."""

    class Meta(Form.Meta):
        """It changes nothing, so it carries no token."""

        csrf = False

    first = DateField(_l("From"), validators=[Optional()])
    last = DateField(_l("To"), validators=[Optional()])
