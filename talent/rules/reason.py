"""Why the law says no: an enum member, whose sentence is translated, and the facts in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from enum import StrEnum

    Fact = str | int | Decimal | date | datetime


def N_(sentence: str) -> str:  # noqa: N802 - the name under which gettext tools find a sentence
    """Mark a sentence for the translators, and leave it as it is."""
    return sentence


@dataclass(frozen=True, slots=True)
class Because:
    """One reason. The sentence of `why` has a `%(name)s` for each fact.

    Facts keep their type: the page prints minutes, days and moments in the reader's language.
    """

    why: StrEnum
    facts: Mapping[str, Fact] = field(default_factory=dict)
