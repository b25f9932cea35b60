"""The form of a staffing standard."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from talent.forms import Form, at_most, blank_is_none, given, required
from talent.i18n import gettext, label, named
from talent.rules.staffing import CountMode, Gap, PopulationKind
from talent.staffing.models import COMMUNITY_WORKERS, AppointmentKind
from talent.staffing.standards.service import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

WHOLE_COUNTRY = 0
FIELDS: dict[StrEnum, str] = {
    Unset.TURNED: "last_day",
    Unset.NOBODY: "kinds",
    Gap.NOT_REGISTERED: "population_kind",
}
_TARGET = _l("Give a number above zero, at most 10,000.")


class StandardForm(Form):
    """What is asked for, of whom, where and from when on."""

    office = SelectField(
        _l("Holds for"), coerce=int, description=_l("This office and all offices below it.")
    )
    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    target = DecimalField(
        _l("Target for 10,000 people"),
        [
            InputRequired(message=_TARGET),
            NumberRange(min=Decimal("0.0001"), max=10_000, message=_TARGET),
        ],
        places=None,
        description=_l("The national plan asks for 18; some places ask for 25."),
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    population_kind = SelectField(
        _l("Of which population"), description=_l("Officially the urban residents.")
    )
    count_mode = RadioField(_l("How people are counted"), [required()])
    kinds = SelectMultipleField(
        _l("Which appointments count"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("A person with several of them counts once."),
    )
    count_on_leave = BooleanField(_l("People on long leave count too"))
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

    def __init__(
        self, *args: Any, offices: Iterable[Office], whole_country: bool, **kwargs: Any
    ) -> None:
        kwargs.setdefault("count_mode", CountMode.HEADCOUNT.value)
        kwargs.setdefault("kinds", [kind.value for kind in COMMUNITY_WORKERS])
        kwargs.setdefault("count_on_leave", True)
        super().__init__(*args, **kwargs)
        choices = [(office.id, named(office)) for office in offices]
        if whole_country:
            choices.append((WHOLE_COUNTRY, gettext("The whole country")))
        self.office.choices = choices
        self.population_kind.choices = [(kind.value, label(kind)) for kind in PopulationKind]
        self.count_mode.choices = [(mode.value, label(mode)) for mode in CountMode]
        self.kinds.choices = [(kind.value, label(kind)) for kind in AppointmentKind]

    @property
    def stated(self) -> dict[str, Any]:
        """The fields, as the service takes them; the office is for the view to find."""
        plain = (
            "name_zh",
            "name_en",
            "target",
            "count_on_leave",
            "valid_from",
            "last_day",
            "source",
        )
        return {name: self.data[name] for name in plain} | {
            "population_kind": PopulationKind(self.population_kind.data),
            "count_mode": CountMode(self.count_mode.data),
            "kinds": [AppointmentKind(kind) for kind in self.kinds.data or ()],
        }
