"""Taking a place on a shift: 条例 Art. 12, 15, 16 (2017-12-01), PIPL Art. 31.

What the law leaves open follows the practice of the platforms: a place is held by one person, and
nobody is in two places at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import age, agreement, guardianship, workload
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.rules.workload import NO_LIMITS, Engagement, Limits, Overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime, tzinfo

    from talent.rules.guardianship import Permit
    from talent.rules.span import Span


class SignupState(Word):
    """All but the last two are live; confirmed and offered ones hold a place."""

    CONFIRMED = "confirmed", N_("Has a place")
    OFFERED = "offered", N_("A place is kept for an answer")
    RESERVE = "reserve", N_("Stands by")
    WAITING = "waiting", N_("On the waiting list")
    CANCELLED = "cancelled", N_("Cancelled")
    REMOVED = "removed", N_("Removed by the office")


HOLDING = frozenset({SignupState.CONFIRMED, SignupState.OFFERED})
ENGAGED = HOLDING | {SignupState.RESERVE}  # keeps the time free for it
LIVE = ENGAGED | {SignupState.WAITING}


class GateKind(Word):
    """What a position may ask for."""

    CREDENTIAL = "credential", N_("Credential")
    TRAINING = "training", N_("Training")
    SKILL = "skill", N_("Skill")


class Refusal(StrEnum):
    """Why a place cannot be taken."""

    CANCELLED = N_("This shift was cancelled.")
    NOT_PUBLISHED = N_("This shift is not published yet.")
    ENDED = N_("This shift is over. Hours of the past are entered by the office.")
    STARTED = N_("This shift began at %(start)s.")
    NOT_OPEN_YET = N_("Signing up opens at %(opens)s.")
    CLOSED = N_("Signing up closed at %(closed)s.")
    ALREADY = N_("This person is already signed up for this shift.")
    FULL = N_("Every place on this shift is taken.")
    NOT_ACTIVE = N_("Only an active volunteer can take a place.")
    BORN_UNKNOWN = N_("The birth date is missing, so the age on the day of the shift is unknown.")
    TOO_YOUNG = N_(
        "This position is for those of %(least)s and over. That is from %(from_day)s on."
    )
    GUARDIAN_CONSENT = N_("Under 18 the consent of the guardian is needed.")
    CREDENTIAL_MISSING = N_("The credential “%(name)s” is needed.")
    CREDENTIAL_NOT_YET = N_(
        "The credential “%(name)s” is valid from %(since)s, but the shift is on %(day)s.",
    )
    CREDENTIAL_LAPSES = N_(
        "The credential “%(name)s” is valid until %(until)s, but the shift is on %(day)s.",
    )
    TRAINING_MISSING = N_("The training “%(name)s” is needed first.")
    TRAINING_NOT_YET = N_(
        "The training “%(name)s” counts from %(since)s, but the shift is on %(day)s."
    )
    TRAINING_LAPSES = N_(
        "The training “%(name)s” is valid until %(until)s, but the shift is on %(day)s.",
    )
    SKILL_MISSING = N_("The skill “%(name)s” is needed.")
    OVERLAP = N_("It overlaps “%(title)s”, from %(start)s to %(end)s.")
    AGREEMENT = N_("Please read and sign the agreement of “%(office)s” first.")
    RISKS_UNREAD = N_("Please confirm that you have read the risks and the protection.")


OVERRIDABLE = frozenset(
    {
        Refusal.STARTED,  # somebody walks in
        Refusal.NOT_OPEN_YET,
        Refusal.CLOSED,
        Refusal.AGREEMENT,
        Refusal.TRAINING_MISSING,
        Refusal.TRAINING_NOT_YET,
        Refusal.TRAINING_LAPSES,
        Refusal.OVERLAP,
        *Overload,
    },
)

KEPT_FOR_NEWCOMERS = timedelta(days=7)
_SIGNING_UP = frozenset({Refusal.NOT_OPEN_YET, Refusal.CLOSED})
_WINDOW = _SIGNING_UP | {Refusal.STARTED}


@dataclass(frozen=True, slots=True)
class Gate:
    """A credential or training that a position asks for. `key` tells it from others of its kind."""

    kind: GateKind
    key: int | str
    name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A credential or training that a person has; both days count, None is without limit."""

    kind: GateKind
    key: int | str
    first_day: date | None = None
    last_day: date | None = None

    def valid_on(self, day: date) -> bool:
        """Both ends belong to the time in which it is valid."""
        begun = self.first_day is None or self.first_day <= day
        return begun and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The version of an office's agreement with its volunteers that is to be signed."""

    key: int
    office: str


@dataclass(frozen=True, slots=True)
class Place:
    """The shift as far as taking a place is concerned. `zone` tells on which days it is.

    `limits` are those of the office that records it, `where` is the name of its place, and
    `agreement` is what that office asks to be signed before the first shift.
    """

    span: Span
    zone: tzinfo
    places: int
    taken: int
    published: bool = True
    cancelled: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    least_years: int = age.YOUNGEST_YEARS
    gates: tuple[Gate, ...] = ()
    where: str = ""
    limits: Limits = NO_LIMITS
    agreement: Agreement | None = None
    category: int | str | None = None  # the kind of activity

    @property
    def engagement(self) -> Engagement:
        """The shift as one more on which the person would serve."""
        return Engagement(self.span, "", where=self.where)

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The person as far as taking a place is concerned.

    `already` is a live sign-up for this very shift; `engagements` are places on others, also those
    that were served already, as far as they matter for a row of days.
    """

    born: date | None
    active: bool = True
    already: bool = False
    guardian_consents: bool = False
    held: tuple[Held, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    signed: frozenset[int] = frozenset()  # keys of agreements
    permits: Sequence[Permit] | None = None  # what a guardian named; None: nothing was named


def refusals(place: Place, candidate: Candidate, now: datetime) -> list[Because]:
    """All that keeps `candidate` from a confirmed place now: first the shift, then the person."""
    found = shift_refusals(place) + _time_refusals(place, now)
    if candidate.already:
        found.append(Because(Refusal.ALREADY))
    if not place.free:
        found.append(Because(Refusal.FULL))
    found += agreement_refusals(place, candidate)
    return found + person_refusals(place, candidate, now)


def agreement_refusals(place: Place, candidate: Candidate) -> list[Because]:
    """条例 Art. 14: what the office agrees on with its volunteers is signed before the first shift.

    It is asked of the act of signing up: a new version leaves the places that are held alone.
    """
    asked = place.agreement
    if asked is None or not agreement.missing(asked.key, candidate.signed):
        return []
    return [Because(Refusal.AGREEMENT, {"office": asked.office, "key": asked.key})]


def remaining(found: Iterable[Because], *, override: bool) -> list[Because]:
    """What still stands when a coordinator gives a recorded reason to pass over the rest.

    Never passed over: no place, no publication, the end of the shift, a second sign-up,
    registration, age and guardian (条例 Art. 15, PIPL Art. 31), qualification (条例 Art. 16).
    """
    return [because for because in found if not (override and because.why in OVERRIDABLE)]


def in_person(found: Iterable[Because]) -> list[Because]:
    """What of it stands against somebody who is there already: not too late until the end."""
    return [because for because in found if because.why not in _WINDOW]


def on_call(found: Iterable[Because]) -> list[Because]:
    """What of it stands against somebody who is asked to come: signing up may have closed.

    It holds for a hand-over and for a substitute, until the start.
    """
    return [because for because in found if because.why not in _SIGNING_UP]


def refusals_to_newcomer(found: Iterable[Because]) -> list[Because]:
    """条例 Art. 15: who has applied to be registered is kept a place, and has it once accepted."""
    return [because for because in found if because.why != Refusal.NOT_ACTIVE]


def refusals_to_settle(found: Iterable[Because]) -> list[Because]:
    """Practice: a place that is kept for somebody is neither full to him nor closed any more."""
    settled = {Refusal.FULL, Refusal.NOT_OPEN_YET, Refusal.CLOSED}
    return [because for because in found if because.why not in settled]


def kept_until(start: datetime, now: datetime) -> datetime:
    """Practice: a place is kept for a newcomer for a week, and never beyond the start."""
    return min(start, now + KEPT_FOR_NEWCOMERS)


def refusals_to_accept(*, risky: bool, read: bool) -> list[Because]:
    """条例 Art. 12: possible risks are told beforehand, and who signs up says that he read them."""
    return [Because(Refusal.RISKS_UNREAD)] if risky and not read else []


def shift_refusals(place: Place) -> list[Because]:
    """条例 Art. 12: a shift is published with all that Art. 12 asks for, and it takes place."""
    if place.cancelled:
        return [Because(Refusal.CANCELLED)]
    return [] if place.published else [Because(Refusal.NOT_PUBLISHED)]


def person_refusals(place: Place, candidate: Candidate, now: datetime) -> list[Because]:
    """条例 Art. 15 and 16: registered, of the right age, qualified and free at that time.

    And within what the office asks of one person: rest, ways, days and weeks.
    """
    found = [] if candidate.active else [Because(Refusal.NOT_ACTIVE)]
    found += age_refusals(place, candidate)
    found += gate_refusals(place, candidate)
    return found + time_refusals(place, candidate.engagements, now)


def time_refusals(place: Place, engagements: Sequence[Engagement], now: datetime) -> list[Because]:
    """条例 Art. 15: beside what the person has taken on already, within the office's limits."""
    found = overlap_refusals(place, engagements)
    return found + workload.refusals(place.engagement, place.zone, engagements, place.limits, now)


def age_refusals(place: Place, candidate: Candidate) -> list[Because]:
    """条例 Art. 15, PIPL Art. 31: of age, or with a guardian's consent, on the day it begins."""
    if candidate.born is None:
        return [Because(Refusal.BORN_UNKNOWN)]
    found = []
    day = place.span.start.astimezone(place.zone).date()
    if facts := age.too_young(candidate.born, day, place.least_years):
        found.append(Because(Refusal.TOO_YOUNG, facts))
    if age.guardian_needed(candidate.born, day):
        if candidate.guardian_consents:
            kind, span, zone = place.category, place.span, place.zone
            found += guardianship.refusals(candidate.permits, kind=kind, span=span, zone=zone)
        else:
            found.append(Because(Refusal.GUARDIAN_CONSENT))
    return found


def gate_refusals(place: Place, candidate: Candidate) -> list[Because]:
    """条例 Art. 16: what the position asks for is valid on every local day of the shift."""
    days = place.span.days(place.zone)
    found = []
    for gate in place.gates:
        held = [one for one in candidate.held if (one.kind, one.key) == (gate.kind, gate.key)]
        for day in days:
            if not any(one.valid_on(day) for one in held):
                found.append(_unmet(gate, held, day))
                break
    return found


def overlap_refusals(place: Place, engagements: Iterable[Engagement]) -> list[Because]:
    """Nobody serves in two places at once. Shifts that only touch are allowed.

    So is the hand-over at one place that the office tolerates (`workload.tolerated`).
    """
    new, span = place.engagement, place.span
    at_once = [other for other in engagements if other.span.overlaps(span)]
    return [
        Because(
            Refusal.OVERLAP,
            {
                "title": other.title, "start": other.span.start, "end": other.span.end,
                "key": other.key,
            },
        )
        for other in sorted(at_once, key=lambda engagement: engagement.span)
        if not workload.tolerated(new, other, place.limits)
    ]  # fmt: skip


def _time_refusals(place: Place, now: datetime) -> list[Because]:
    if now >= place.span.end:
        return [Because(Refusal.ENDED)]
    if now >= place.span.start:
        return [Because(Refusal.STARTED, {"start": place.span.start})]
    if place.closes_at and now >= place.closes_at:
        return [Because(Refusal.CLOSED, {"closed": place.closes_at})]
    if place.opens_at and now < place.opens_at:
        return [Because(Refusal.NOT_OPEN_YET, {"opens": place.opens_at})]
    return []


def _unmet(gate: Gate, held: list[Held], day: date) -> Because:
    past = [one.last_day for one in held if one.last_day and one.last_day < day]
    to_come = [one.first_day for one in held if one.first_day and one.first_day > day]
    if past:
        return Because(
            Refusal[f"{gate.kind.name}_LAPSES"],
            {"name": gate.name, "until": max(past), "day": day, "key": gate.key},
        )
    if to_come:
        return Because(
            Refusal[f"{gate.kind.name}_NOT_YET"],
            {"name": gate.name, "since": min(to_come), "day": day, "key": gate.key},
        )
    return Because(Refusal[f"{gate.kind.name}_MISSING"], {"name": gate.name, "key": gate.key})
