"""What somebody wants to see of the list of people, and the same as the words of an address."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from talent.people.models import RegistrationState
from talent.rules.languages import Tongue
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.staffing.models import AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Mapping

Choice = TypeVar("Choice", bound=Word)
LONGEST_SEARCH = 60
FIRST_YEAR = 1900  # before it, days have no moments in every zone


class AgeBand(Word):
    """How old a person is today (未成年人保护法 Art. 2, 老年人权益保障法 Art. 2)."""

    MINOR = "minor", N_("Under 18")
    ADULT = "adult", N_("18 to 59")
    OLDER = "older", N_("60 and older")


class Holding(Word):
    """How a person holds a credential of a kind."""

    HELD = "held", N_("Holds it today")
    LAPSING = "lapsing", N_("It lapses within 90 days")


class Guardianship(Word):
    """Whether somebody speaks for a minor."""

    NAMED = "named", N_("A guardian is named")
    MISSING = "missing", N_("Under 18, and no guardian is named")


class Order(Word):
    """In which order people stand."""

    NAME = "name", N_("By pinyin")
    NEW = "new", N_("The newest first")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list. `after` is the key of the last one on the page before."""

    q: str = ""
    office: int | None = None  # with those below it
    state: RegistrationState | None = None
    category: int | None = None
    skill: int | None = None  # with those below it
    tongue: Tongue | None = None
    team: int | None = None
    age: AgeBand | None = None
    credential: int | None = None
    holding: Holding | None = None
    appointment: AppointmentKind | None = None
    since: date | None = None  # registered from this day on
    guardian: Guardianship | None = None
    no_phone: bool = False
    order: Order = Order.NAME
    after: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """The words of the address; what is as always is left out, and where one has got to."""
        always = Wanted()
        return {
            f.name: _word(value)
            for f in fields(self)
            if f.name != "after" and (value := getattr(self, f.name)) != getattr(always, f.name)
        }

    @property
    def narrows(self) -> bool:
        """Whether somebody may be left out."""
        return bool(self.query.keys() - {"order"})

    @property
    def particular(self) -> bool:
        """Whether a filter is set that is not always in sight."""
        return bool(self.query.keys() - {"order", "q", "office", "state"})


def wanted(args: Mapping[str, str]) -> Wanted:
    """What an address asks for: what makes no sense is not asked for."""
    return Wanted(
        q=args.get("q", "").strip()[:LONGEST_SEARCH],
        office=_number(args.get("office")),
        state=_choice(RegistrationState, args.get("state")),
        category=_number(args.get("category")),
        skill=_number(args.get("skill")),
        tongue=_choice(Tongue, args.get("tongue")),
        team=_number(args.get("team")),
        age=_choice(AgeBand, args.get("age")),
        credential=_number(args.get("credential")),
        holding=_choice(Holding, args.get("holding")) if args.get("credential") else None,
        appointment=_choice(AppointmentKind, args.get("appointment")),
        since=_day(args.get("since")),
        guardian=_choice(Guardianship, args.get("guardian")),
        no_phone=args.get("no_phone") == "1",
        order=_choice(Order, args.get("order")) or Order.NAME,
        after=args.get("after", ""),
    )


def _word(value: Any) -> str:
    return "1" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def _number(text: str | None) -> int | None:
    fits = text and text.isdecimal() and len(text) < 10  # noqa: PLR2004 - no larger number is an id
    return int(text) if text and fits else None


def _choice(kind: type[Choice], text: str | None) -> Choice | None:
    return kind.of(text)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR else None
