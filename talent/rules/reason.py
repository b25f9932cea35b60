"""Why the law says no: an enum member, whose sentence is translated, and the facts in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    Fact = str | int | Decimal | date | datetime


class Minutes(int):
    """A length of time; it is printed as hours and minutes."""


def N_(sentence: str) -> str:  # noqa: N802 - the name under which gettext tools find a sentence
    """Mark a sentence for the translators, and leave it as it is."""
    return sentence


@dataclass(frozen=True, slots=True)
class Because:
    """One reason. The sentence of `why` has a `%(name)s` for each fact.

    Facts keep their type: the page prints minutes, days and moments in the reader's language.
    """

    why: StrEnum | str
    facts: Mapping[str, Fact] = field(default_factory=dict)


_READ: dict[str, Callable[[Any], Any]] = {
    "minutes": Minutes,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "decimal": Decimal,
}


class Kept(str):
    """Words that were kept with a reason: a label among them is said in the reader's language."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """What the translators know it by."""
        return str(self)


def packed(because: Because) -> dict[str, Any]:
    """The reason as JSON values, to be kept with what it explains and read in any language."""
    facts: dict[str, Any] = {}
    for name, fact in because.facts.items():
        if isinstance(fact, datetime):
            facts[name] = {"moment": fact.isoformat()}
        elif isinstance(fact, date):
            facts[name] = {"day": fact.isoformat()}
        elif isinstance(fact, Decimal):
            facts[name] = {"decimal": str(fact)}
        elif isinstance(fact, Minutes):
            facts[name] = {"minutes": int(fact)}
        else:
            facts[name] = fact if isinstance(fact, int) else getattr(fact, "label", str(fact))
    return {"why": getattr(because.why, "label", str(because.why)), "facts": facts}


def unpacked(kept: Mapping[str, Any]) -> Because:
    """The reason again; its sentence instead of its enum member."""
    facts: dict[str, Any] = {}
    for name, fact in kept["facts"].items():
        if isinstance(fact, dict):
            (kind, text), *_ = fact.items()
            facts[name] = _READ[kind](text)
        else:
            facts[name] = Kept(fact) if isinstance(fact, str) and fact else fact
    return Because(kept["why"], facts)
