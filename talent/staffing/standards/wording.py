"""Standards in words: what one asks for, as a sentence, and what its measure is called."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Protocol

from talent.i18n import gettext, label, named
from talent.offices.models import OfficeKind, Settlement
from talent.rules.outcomes import plain
from talent.rules.standards import Bands, Base, Inverse, PerUnit, Ratio, Share
from talent.staffing.standards.templates import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.rules.staffing import PopulationKind
    from talent.rules.standards import Band, Terms
    from talent.staffing.models import Standard
    from talent.staffing.yardsticks import Yardstick


def _(sentence: str, **facts: object) -> str:
    return str(gettext(sentence, **facts))


class Asks(Protocol):
    """A standard, or a template of one."""

    @property
    def terms(self) -> Terms:
        """Its numbers."""

    @property
    def base(self) -> Base:
        """What it is held against."""

    @property
    def population_kind(self) -> PopulationKind:
        """Which figures, where that is a population."""

    @property
    def for_kind(self) -> OfficeKind | None:
        """Which offices are asked each by itself."""

    @property
    def settlement(self) -> Settlement | None:
        """Of those, urban or rural ones."""


def formula(asked: Asks) -> str:
    """What is asked for."""
    of = _("staff") if asked.base is Base.STAFF else label(asked.population_kind)
    match asked.terms:
        case Ratio(number, per):
            return _(
                "%(number)s for each %(per)s: %(of)s", number=plain(number), per=plain(per), of=of
            )
        case Inverse(per, step, least, stepped):
            return _inverse(str(plain(per)), str(plain(step)), of, stepped=stepped) + (
                _("; at least %(least)s", least=plain(least)) if least else ""
            )
        case PerUnit(number):
            if asked.base is Base.OFFICES:
                of = unit(asked)
            return _("%(number)s for each: %(of)s", number=plain(number), of=of)
        case Share(percent):
            return _("at least %(percent)s %% of the staff counted", percent=plain(percent))
        case Bands(bands):
            said = reduce(
                lambda one, other: _("%(one)s; %(other)s", one=one, other=other), map(_band, bands)
            )
            return _("%(asked)s (%(of)s)", asked=said, of=of)


def held_against(by: Yardstick) -> str:
    """What the figures of an office are held against."""
    return label(by.kind) if by.base is Base.POPULATION else label(by.base)


def unit(asked: Asks) -> str:
    """The offices that are asked each by itself."""
    if asked.for_kind is OfficeKind.COMMUNITY and asked.settlement is Settlement.URBAN:
        return _("urban community")
    if asked.for_kind is OfficeKind.COMMUNITY and asked.settlement is Settlement.RURAL:
        return _("rural community")
    return label(asked.for_kind) if asked.for_kind else ""


def measure_names(standards: Iterable[Standard]) -> dict[str, str]:
    """What each measure is called; one of an office's own as its newest standard, given first."""
    found = {measure.value: label(measure) for measure in Measure}
    for row in standards:
        found.setdefault(row.measure, named(row))
    return found


def _inverse(per: str, step: str, of: str, *, stepped: bool) -> str:
    if stepped:
        return _("%(step)s for each begun %(per)s: %(of)s", step=step, per=per, of=of)
    return _("%(number)s for each %(per)s: %(of)s", number=step, per=per, of=of)


def _band(band: Band) -> str:
    least, below = band.least, band.below
    number = f"{plain(band.number)}" + ("" if band.most is None else f"–{plain(band.most)}")
    if below is None:
        return _("from %(least)s: %(number)s", least=least, number=number)
    return _(
        "from %(least)s to below %(below)s: %(number)s", least=least, below=below, number=number
    )
