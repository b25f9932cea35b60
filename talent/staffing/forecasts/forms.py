"""The forms of the forecast: an age of retirement, a planned population figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Boxes, Form, at_most, given, required
from talent.i18n import label, named
from talent.rules.identity import Sex
from talent.rules.sources import Sure
from talent.rules.staffing import PopulationKind
from talent.staffing.forecasts.ages import MOST, Terms, Unaged
from talent.staffing.levels.forms import LevelForm
from talent.staffing.models import AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from enum import StrEnum

    from talent.offices.models import Office

OLDEST = 1_200  # months
FIELDS: dict[StrEnum, str] = {
    Unaged.TURNED: "last_day",
    Unaged.NO_KIND: "kinds",
    Unaged.LOWER: "most_months",
    Unaged.NOT_AHEAD: "as_of",
    Unaged.TWICE: "as_of",
}
_MONTHS = _l("Give a whole number of months, from 0 to 1,200.")


def _months(label_: str, description: str = "", least: int = 0) -> IntegerField:
    return IntegerField(
        label_,
        [
            InputRequired(message=_MONTHS),
            NumberRange(min=least, max=OLDEST, message=_MONTHS),
        ],
        description=description,
        render_kw={"inputmode": "numeric"},
    )


class AgeForm(LevelForm):
    """Whose age, how it is raised, from when on."""

    sex = SelectField(_l("Sex"), coerce=Sex)
    kinds = Boxes(_l("Kinds of appointment"))
    age_months = _months(
        _l("Age in months"), _l("The age before it is raised: 60 years are 720 months."), least=1
    )
    most_months = _months(
        _l("Raised to, in months"), _l("The same number if it is not raised."), least=1
    )
    step_months = _months(_l("A month more for each so many months"), _l("0 if it is not raised."))
    early_months = _months(_l("So many months earlier by one's own wish, at most"))
    late_months = _months(_l("So many months later if both sides agree, at most"))
    notice_months = _months(_l("Notice of an early end, in months"))
    valid_from = DateField(_l("For those who reach the age from"), [given()])
    last_day = DateField(
        _l("Last day for reaching it"), [Optional()], description=_l("Leave it empty for no end.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sex.choices = [(sex.value, label(sex)) for sex in Sex]
        self.kinds.choices = [(kind.value, label(kind)) for kind in AppointmentKind]

    def terms(self, sure: Sure = Sure.OWN) -> Terms:
        """The fields, as the service takes them."""
        months = (
            "age_months",
            "most_months",
            "step_months",
            "early_months",
            "late_months",
            "notice_months",
        )
        return Terms(
            sex=Sex(self.sex.data),
            kinds=[AppointmentKind(kind) for kind in self.kinds.data or ()],
            valid_from=self.valid_from.data,
            last_day=self.last_day.data,
            source=self.source.data or "",
            sure=sure,
            **{name: self[name].data for name in months},
        )


class PlannedFigureForm(Form):
    """How many people are expected, when, and who says so."""

    office = SelectField(_l("Office"), coerce=int)
    kind = SelectField(_l("What is counted"))
    number = IntegerField(
        _l("How many"),
        [
            InputRequired(message=_l("Give a whole number.")),
            NumberRange(min=0, max=MOST, message=_l("Give a number from 0 to 2,000,000,000.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    as_of = DateField(
        _l("Expected on"), [given()], description=_l("A day to come, for example of moving in.")
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("Who expects it, for example the building plan of the street."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [
            (kind.value, label(kind))
            for kind in PopulationKind
            if kind is not PopulationKind.REGISTERED
        ]

    @property
    def stated(self) -> dict[str, Any]:
        """The fields, as the service takes them; the office is for the view to find."""
        as_of: date | None = self.as_of.data
        return {
            "kind": PopulationKind(self.kind.data),
            "number": self.number.data,
            "as_of": as_of,
            "source": self.source.data,
        }
