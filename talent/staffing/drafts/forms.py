"""The forms of drafts: what they are called, what would be otherwise, what is said of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, given, required
from talent.i18n import label, named
from talent.rules.whatif import ChangeKind, Undrafted
from talent.staffing.models import AppointmentKind
from talent.staffing.plans.forms import number_field, share_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from talent.offices.models import Office
    from talent.staffing.models import Appointment

FIELDS: dict[StrEnum, str] = {
    Undrafted.BEFORE: "starts_on",
    Undrafted.OVER: "starts_on",
    Undrafted.NOT_BEGUN: "starts_on",
    Undrafted.TWICE: "appointment",
    Undrafted.SAME_OFFICE: "office",
    Undrafted.ONE_OFFICE: "merged",
    Undrafted.OTHER_KIND: "merged",
    Undrafted.ABOVE: "merged",
    Undrafted.MERGED: "merged",
    Undrafted.BANDS: "target",
    Undrafted.PERCENT: "target",
    Undrafted.WORDS: "words",
}
_TARGET = _l("Give a number above zero.")


class DraftForm(Form):
    """For which office, by which standard."""

    office = SelectField(
        _l("Office"), coerce=int, description=_l("This office and all offices below it.")
    )
    name = StringField(_l("Title"), [required(), at_most(100)])
    measure = SelectField(_l("Standard"))
    note = TextAreaField(
        _l("What it is about"), [Optional(), at_most(500)], filters=[blank_is_none]
    )

    def __init__(
        self,
        *args: Any,
        offices: Iterable[Office],
        measures: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.measure.choices = list(measures)


class _ChangeForm(Form):
    """What all changes have: from which day on."""

    starts_on = DateField(_l("From the day"), [given()])


class MoveForm(_ChangeForm):
    """Somebody goes to another office."""

    appointment = SelectField(_l("Appointment"), coerce=int)
    office = SelectField(_l("To the office"), coerce=int)


class EndForm(_ChangeForm):
    """An appointment ends: from this day on it no longer holds."""

    appointment = SelectField(_l("Appointment"), coerce=int)


class AddForm(_ChangeForm):
    """More posts at an office."""

    office = SelectField(_l("Office"), coerce=int)
    appointment_kind = SelectField(_l("Kind of appointment"))
    number = number_field()
    share = share_field()


class StandardForm(_ChangeForm):
    """Another number of the standard by which the draft is looked at."""

    target = DecimalField(
        _l("Number of the standard"),
        [
            InputRequired(message=_TARGET),
            NumberRange(min=Decimal("0.0001"), max=10_000_000, message=_TARGET),
        ],
        places=None,
        render_kw={"inputmode": "decimal", "step": "any"},
    )


class MergeForm(_ChangeForm):
    """One office goes into another; a merge is shown as if it were today."""

    office = SelectField(_l("The office that stays"), coerce=int)
    merged = SelectField(_l("The office that goes into it"), coerce=int)


FORMS: dict[ChangeKind, type[_ChangeForm]] = {
    ChangeKind.MOVE: MoveForm,
    ChangeKind.END: EndForm,
    ChangeKind.ADD: AddForm,
    ChangeKind.STANDARD: StandardForm,
    ChangeKind.MERGE: MergeForm,
}


def change_form(
    kind: ChangeKind,
    *,
    offices: Iterable[Office],
    appointments: Iterable[Appointment] = (),
    **told: Any,
) -> _ChangeForm:
    """The form of a kind of change, with what may be chosen."""
    if kind is ChangeKind.ADD:
        told.setdefault("appointment_kind", AppointmentKind.FULL_TIME.value)
    form = FORMS[kind](**told)
    choices = [(office.id, named(office)) for office in offices]
    for name in ("office", "merged"):
        if name in form:
            form[name].choices = choices
    if "appointment" in form:
        form["appointment"].choices = [
            (row.id, f"{row.person.name} · {label(row.kind)}") for row in appointments
        ]
    if "appointment_kind" in form:
        form["appointment_kind"].choices = [(each.value, label(each)) for each in AppointmentKind]
    return form


class WordsForm(Form):
    """What is said of a draft."""

    words = TextAreaField(_l("Your words"), [Optional(), at_most(500)], filters=[blank_is_none])
