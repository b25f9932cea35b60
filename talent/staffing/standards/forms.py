"""The form of a staffing standard: one for each kind of formula."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Boxes, at_most, blank_is_none, required
from talent.i18n import gettext, label, named
from talent.offices.models import OfficeKind, Settlement
from talent.rules.outcomes import plain
from talent.rules.social_workers import Grade
from talent.rules.staffing import CountMode, Gap, PopulationKind
from talent.rules.standards import (
    Band,
    Bands,
    Base,
    Inverse,
    Malformed,
    PerUnit,
    Ratio,
    Share,
    StandardKind,
)
from talent.staffing.levels.forms import FIELDS as OF_LEVELS
from talent.staffing.levels.forms import LevelForm
from talent.staffing.models import COMMUNITY_WORKERS, AppointmentKind
from talent.staffing.standards.service import Counting, Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    from talent.rules.standards import Terms
    from talent.training.models import CredentialKind

ANY = ""
UNITS = (OfficeKind.COMMUNITY, OfficeKind.STREET, OfficeKind.DISTRICT)
FIELDS: dict[StrEnum, str] = OF_LEVELS | {
    Unset.NOBODY: "kinds",
    Unset.NO_UNIT: "for_kind",
    Unset.NO_HOLDING: "grades",
    Unset.NO_STAFF: "base_kinds",
    Unset.OFFICIAL_RATIO: "measure",
    Unset.URBAN_ONLY: "for_kind",
    Gap.NOT_REGISTERED: "population_kind",
    Malformed.NUMBER: "target",
    Malformed.PERCENT: "target",
    Malformed.PER: "per",
    Malformed.LEAST: "least",
    Malformed.NO_BANDS: "bands",
    Malformed.TURNED: "bands",
    Malformed.TWICE: "bands",
    Malformed.FEWER: "bands",
}
# What each kind of formula asks for, beside what all do.
ASKED: dict[StandardKind, tuple[str, ...]] = {
    StandardKind.RATIO: ("target", "per", "population_kind"),
    StandardKind.INVERSE: (
        *("target", "per", "least", "stepped", "base", "population_kind", "base_kinds"),
    ),
    StandardKind.PER_UNIT: ("target", "base", "population_kind"),
    StandardKind.BAND: ("bands", "population_kind"),
    StandardKind.SHARE: ("target", "base_kinds"),
}
NUMBERS = ("target", "per", "least", "stepped", "base", "population_kind", "base_kinds", "bands")
BASES = {
    StandardKind.INVERSE: (Base.POPULATION, Base.STAFF),
    StandardKind.PER_UNIT: (Base.OFFICES, Base.POPULATION),
}
_TARGET = _l("Give a number above zero, at most 10,000.")
_PER = _l("Give for how many people or households it is: a number above zero.")
_BAND = re.compile(
    r"(?P<least>\d{1,9})\s*(?:[-–—~至]\s*(?P<below>\d{0,9}))?\s*[:：]"
    r"\s*(?P<number>\d{1,6}(?:\.\d{1,3})?)\s*(?:[-–—~至]\s*(?P<most>\d{1,6}(?:\.\d{1,3})?))?"
)


class BandsField(TextAreaField):
    """One band a line: from–below: number, with a dash and another number for a range."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(_line(band) for band in self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the lines; say which one cannot be read."""
        self.data = []
        for number, line in enumerate(str(valuelist[0]).splitlines() if valuelist else (), 1):
            if not line.strip():
                continue
            if not (read := _BAND.fullmatch(line.strip())):
                said = gettext("Line %(number)s cannot be read. Write it as 0-3000: 5-7")
                raise ValueError(said % {"number": number})
            below, most = read["below"], read["most"]
            self.data.append(
                Band(
                    int(read["least"]),
                    int(below) if below else None,
                    Decimal(read["number"]),
                    Decimal(most) if most else None,
                )
            )


class StandardForm(LevelForm):
    """What is asked for, of whom, where and from when on."""

    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    measure = SelectField(
        _l("Measure"),
        description=_l(
            "Standards of one measure take each other's place: the nearest office's holds."
        ),
    )
    target = DecimalField(
        _l("How many"),
        [
            InputRequired(message=_TARGET),
            NumberRange(min=Decimal("0.0001"), max=10_000, message=_TARGET),
        ],
        places=None,
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    per = DecimalField(
        _l("For each so many"),
        [
            InputRequired(message=_PER),
            NumberRange(min=Decimal("0.0001"), max=10_000_000, message=_PER),
        ],
        places=None,
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    least = DecimalField(
        _l("At least"),
        [Optional(), NumberRange(min=0, max=10_000, message=_l("Zero or more, at most 10,000."))],
        places=None,
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    stepped = BooleanField(_l("Each begun step counts as a whole one"))
    bands = BandsField(
        _l("Bands"),
        description=_l(
            "One a line, from and below, then how many: 0-3000: 5-7. Leave the end of the last one"
            " empty: 3000-: 7-9. The end itself is no part of a band."
        ),
        render_kw={"rows": 4},
    )
    base = RadioField(_l("Held against"))
    population_kind = SelectField(
        _l("Of which population"), description=_l("Officially the urban residents.")
    )
    base_kinds = Boxes(
        _l("The staff it is held against"),
        description=_l("Of a share: leave it empty for the same appointments as counted."),
    )
    for_kind = SelectField(
        _l("Asked of"), description=_l("Offices above show the sum of those that are asked.")
    )
    settlement = SelectField(_l("Urban or rural"))
    count_mode = RadioField(_l("How people are counted"), [required()])
    kinds = Boxes(
        _l("Which appointments count"),
        description=_l("A person with several of them counts once."),
    )
    grades = Boxes(
        _l("Who holds one of these grades"),
        description=_l("Leave all empty if no certificate is asked for."),
    )
    credentials = Boxes(_l("Or one of these credentials"))
    count_on_leave = BooleanField(_l("People on long leave count too"))

    def __init__(
        self,
        *args: Any,
        kind: StandardKind,
        measures: Mapping[str, str],
        credential_kinds: Iterable[CredentialKind] = (),
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("count_mode", CountMode.HEADCOUNT.value)
        kwargs.setdefault("kinds", [each.value for each in COMMUNITY_WORKERS])
        kwargs.setdefault("count_on_leave", True)
        kwargs.setdefault("per", Decimal(10_000))
        kwargs.setdefault("stepped", True)
        kwargs.setdefault("for_kind", ANY)
        kwargs.setdefault("settlement", ANY)
        bases = BASES.get(kind, (Base.POPULATION,))
        kwargs.setdefault("base", bases[0].value)
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.measure.choices = [*measures.items(), (ANY, gettext("A new measure of its own"))]
        self.population_kind.choices = [(each.value, label(each)) for each in PopulationKind]
        self.base.choices = [(each.value, label(each)) for each in bases]
        self.for_kind.choices = [
            (ANY, gettext("Any office, with all below it together")),
            *((each.value, gettext("Each: %(kind)s", kind=label(each))) for each in UNITS),
        ]
        self.settlement.choices = [
            (ANY, gettext("Both")),
            *((each.value, label(each)) for each in Settlement),
        ]
        self.count_mode.choices = [(mode.value, label(mode)) for mode in CountMode]
        self.kinds.choices = [(each.value, label(each)) for each in AppointmentKind]
        self.base_kinds.choices = self.kinds.choices
        self.grades.choices = [(each.value, label(each)) for each in Grade]
        self.credentials.choices = [(each.code, named(each)) for each in credential_kinds]
        if not self.credentials.choices:
            del self.credentials
        for name in NUMBERS:
            if name not in ASKED[kind]:
                delattr(self, name)

    @property
    def terms(self) -> Terms:
        """The numbers, as the law takes them."""
        match self.kind:
            case StandardKind.INVERSE:
                least = self.least.data or Decimal(0)
                return Inverse(self.per.data, self.target.data, least, self.stepped.data)
            case StandardKind.PER_UNIT:
                return PerUnit(self.target.data)
            case StandardKind.SHARE:
                return Share(self.target.data)
            case StandardKind.BAND:
                return Bands(tuple(self.bands.data))
            case _:
                return Ratio(self.target.data, self.per.data)

    @property
    def stated(self) -> dict[str, Any]:
        """The fields, as the service takes them; the office is for the view to find."""
        plain_ = ("name_zh", "name_en", "measure", "valid_from", "last_day", "source")
        said = self.data
        population = said.get("population_kind") or PopulationKind.URBAN_RESIDENT
        counting = Counting(
            kinds=_words(AppointmentKind, said["kinds"]),
            grades=_words(Grade, said["grades"]),
            credentials=tuple(said.get("credentials") or ()),
            count_mode=CountMode(said["count_mode"]),
            count_on_leave=said["count_on_leave"],
            base=Base(said.get("base") or Base.POPULATION),
            population_kind=PopulationKind(population),
            base_kinds=_words(AppointmentKind, said.get("base_kinds")),
            for_kind=OfficeKind.of(said["for_kind"]),
            settlement=Settlement.of(said["settlement"]),
        )
        return {name: said[name] for name in plain_} | {"terms": self.terms, "counting": counting}


def _words(words: Any, codes: Iterable[str] | None) -> tuple[Any, ...]:
    return tuple(words(code) for code in codes or ())


def _line(band: Band) -> str:
    below = "" if band.below is None else band.below
    most = "" if band.most is None else f"-{plain(band.most)}"
    return f"{band.least}-{below}: {plain(band.number)}{most}"
