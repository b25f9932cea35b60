"""The time bank: Measures of 2012 Art. 22, and Nanjing 2019 for the upper limit of storage.

Banked minutes are counted beside the certified ones and never change those. Terms are an office's
own; a balance goes below zero only when service that was banked is corrected afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.rules.age import age_on
from talent.rules.reason import N_, Because, Minutes
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import date, datetime

MOST_HOURS = 1500  # Nanjing 2019: the upper limit of storage, for the time being
WHOLE = 100  # percent
LONGEST_SERVICE_MINUTES = 12 * 60  # that one asks for at a time
AHEAD = timedelta(days=180)  # that one asks so long before at most


class Donations(Word):
    """To whom banked time may be given."""

    OFF = "off", N_("To nobody")
    POOL = "pool", N_("To the common pool for those in need")
    PERSON = "person", N_("To a person of the same time bank")
    BOTH = "both", N_("To a person, or to the common pool")


class Unspent(Word):
    """Why banked time cannot be asked for."""

    NOTHING = "nothing", N_("Ask for at least one minute.")
    BELOW = (
        "below",
        N_("The account is below zero, because service was corrected. Nothing can be spent."),
    )
    SHORT = "short", N_("Only %(free)s are free to be spent.")
    AGE = "age", N_("Banked time is spent from the age of %(years)s on.")
    NO_BIRTH_DATE = "no_birth_date", N_("No birth date is on record, so the age is not known.")
    LONG = "long", N_("One service takes at most %(most)s. Ask for the rest in another request.")
    PAST = "past", N_("Choose a time to come.")
    FAR = "far", N_("Choose a time within the next %(days)s days.")


class Unmoved(Word):
    """Why a request does not go on."""

    OVER = "over", N_("This request was closed already.")
    OWN = "own", N_("Nobody decides on a request of his own or of a child of his own.")
    NOT_TAKEN = "not_taken", N_("Take the request first.")
    NOT_BEGUN = "not_begun", N_("The service begins at %(start)s. It is booked after that.")
    MORE = "more", N_("Only %(reserved)s are reserved for this service.")
    SHORT = (
        "short",
        N_("The account holds only %(balance)s: service was corrected. Give from the pool first."),
    )


class Ungiven(Word):
    """Why time does not go from one account to another."""

    OFF = "off", N_("Banked time cannot be donated here.")
    NOT_TO_PEOPLE = "not_to_people", N_("Banked time can only be donated to the common pool here.")
    NOT_TO_POOL = "not_to_pool", N_("Banked time can only be donated to a person here.")
    SELF = "self", N_("One cannot donate to oneself.")
    FULL = "full", N_("The other account is at its upper limit and cannot take so much.")
    UNKNOWN = "unknown", N_("Nobody in this time bank has this volunteer number.")
    POOL_SHORT = "pool_short", N_("Only %(free)s are free in the common pool.")
    SAME = (
        "same",
        N_("What is given from the pool is approved by someone else than who proposed it."),
    )
    OWN = "own", N_("Nobody gives banked time to himself or to a child of his own.")
    DECIDED = "decided", N_("This was decided already.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an office has set. `most_minutes` None: any amount is stored."""

    most_minutes: int | None = MOST_HOURS * 60
    percent: int = WHOLE
    pooled: bool = True  # what exceeds the limit goes to the pool; else it is not credited
    least_age: int = 0
    donations: Donations = Donations.BOTH


@dataclass(frozen=True, slots=True)
class Credited:
    """What became of one service record so far, in minutes of one person."""

    served: int = 0  # certified
    kept: int = 0  # on the account
    excess: int = 0  # above the upper limit


@dataclass(frozen=True, slots=True)
class Holding:
    """An account: its balance, and what of it is reserved for services that were asked for."""

    balance: int = 0
    reserved: int = 0

    @property
    def free(self) -> Minutes:
        """What can be spent. Nothing, when the balance is below what is reserved or below zero."""
        return Minutes(max(self.balance - self.reserved, 0))


def share(minutes: int, percent: int) -> int:
    """The share of certified minutes that is credited: whole minutes, rounded down."""
    return max(minutes, 0) * percent // WHOLE


def credit(minutes: int, so_far: Credited, balance: int, terms: Terms) -> Credited:
    """What an entry of the hours ledger changes: the differences in served, kept and excess.

    The sum for a record is always the share of its minutes, however it was corrected. What comes
    off is taken first from what exceeded the limit, then from the account, below zero if need be.
    """
    due = share(so_far.served + minutes, terms.percent) - so_far.kept - so_far.excess
    if due <= 0:
        off = min(-due, max(so_far.excess, 0))
        return Credited(minutes, due + off, -off)
    room = due if terms.most_minutes is None else max(terms.most_minutes - balance, 0)
    kept = min(due, room)
    return Credited(minutes, kept, due - kept)


def refusals_to_spend(
    minutes: int,
    holding: Holding,
    terms: Terms,
    *,
    birth_date: date | None,
    day: date,
) -> list[Because]:
    """Art. 22: within what one has stored oneself, and from the age that the office set."""
    found = _refusals_to_take(minutes, holding)
    if minutes > LONGEST_SERVICE_MINUTES:
        found.append(Because(Unspent.LONG, {"most": Minutes(LONGEST_SERVICE_MINUTES)}))
    if terms.least_age and birth_date is None:
        found.append(Because(Unspent.NO_BIRTH_DATE))
    elif terms.least_age and birth_date and age_on(birth_date, day) < terms.least_age:
        found.append(Because(Unspent.AGE, {"years": terms.least_age}))
    return found


def refusals_of_time(start: datetime, now: datetime) -> list[Because]:
    """A service is asked for ahead, and not for ever."""
    if start <= now:
        return [Because(Unspent.PAST)]
    return [Because(Unspent.FAR, {"days": AHEAD.days})] if start > now + AHEAD else []


def refusals_to_book(
    minutes: int,
    reserved: int,
    holding: Holding,
    *,
    start: datetime,
    now: datetime,
) -> list[Because]:
    """After the service, at most what was reserved, and never more than there is."""
    if minutes < 1:
        return [Because(Unspent.NOTHING)]
    if now < start:
        return [Because(Unmoved.NOT_BEGUN, {"start": start})]
    if minutes > reserved:
        return [Because(Unmoved.MORE, {"reserved": Minutes(reserved)})]
    if minutes > holding.balance:
        return [Because(Unmoved.SHORT, {"balance": Minutes(holding.balance)})]
    return []


def refusals_to_donate(
    minutes: int,
    holding: Holding,
    terms: Terms,
    *,
    to_pool: bool,
    receiver_balance: int = 0,
) -> list[Because]:
    """Nanjing 2019: stored time may be donated, to whom the office allows it."""
    if against := _refusals_of_way(terms.donations, to_pool=to_pool):
        return against
    found = _refusals_to_take(minutes, holding)
    if not to_pool and not _fits(minutes, receiver_balance, terms):
        found.append(Because(Ungiven.FULL))
    return found


def refusals_to_give(
    minutes: int, pool: Holding, terms: Terms, *, receiver_balance: int
) -> list[Because]:
    """From the common pool to somebody in need, as far as the pool and the account go."""
    if minutes < 1:
        return [Because(Unspent.NOTHING)]
    if minutes > pool.free:
        return [Because(Ungiven.POOL_SHORT, {"free": pool.free})]
    return [] if _fits(minutes, receiver_balance, terms) else [Because(Ungiven.FULL)]


def refusals_to_decide(
    *,
    proposed_by: int | None,
    decides: int | None,
    receiver: int | None,
    own: int | None,
    guardian: int | None = None,
) -> list[Because]:
    """A second person approves what is given; neither of the two gets it, nor a child of theirs."""
    found = []
    if proposed_by is not None and proposed_by == decides:
        found.append(Because(Ungiven.SAME))
    if is_own(own, receiver, guardian):
        found.append(Because(Ungiven.OWN))
    return found


def is_own(decider: int | None, person: int | None, guardian: int | None) -> bool:
    """Whether an account is that of the one who decides, or of a child of his."""
    return decider is not None and decider in {person, guardian}


def _refusals_to_take(minutes: int, holding: Holding) -> list[Because]:
    if minutes < 1:
        return [Because(Unspent.NOTHING)]
    if holding.balance < 0:
        return [Because(Unspent.BELOW)]
    if minutes > holding.free:
        return [Because(Unspent.SHORT, {"free": holding.free})]
    return []


def _refusals_of_way(allowed: Donations, *, to_pool: bool) -> list[Because]:
    if allowed is Donations.OFF:
        return [Because(Ungiven.OFF)]
    if to_pool and allowed is Donations.PERSON:
        return [Because(Ungiven.NOT_TO_POOL)]
    if not to_pool and allowed is Donations.POOL:
        return [Because(Ungiven.NOT_TO_PEOPLE)]
    return []


def _fits(minutes: int, balance: int, terms: Terms) -> bool:
    return terms.most_minutes is None or balance + minutes <= terms.most_minutes
