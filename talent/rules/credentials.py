"""Credentials and course records: on which days they hold. 志愿服务条例 Art. 16 asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.social_workers import Grade, months_later

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTICE_DAYS = (30, 60, 90)
REMINDER_DAYS = (7, 30, 90)  # before the last day; once each


class Lack(StrEnum):
    """Why what a person holds does not help on a day."""

    NOT_HELD = N_("%(credential)s is required.")
    NOT_YET = N_("%(credential)s holds only from %(first)s.")
    LAPSED_BY_THEN = N_("%(credential)s holds until %(last)s, not on %(day)s.")
    WITHDRAWN = N_("%(credential)s was withdrawn on %(withdrawn)s.")


class Unverifiable(StrEnum):
    """Why a credential is not taken down or not verified."""

    IN_FUTURE = N_("This day is still to come.")
    TURNED = N_("The last day is before the day of issue.")
    NO_LAST_DAY = N_("This kind of credential lapses: please enter its last day.")
    HELD_ALREADY = N_("This credential is on record already.")
    WITHDRAWN = N_("This credential was withdrawn.")
    VERIFIED = N_("This credential was verified already.")
    ENTERED_IT = N_("You entered it yourself. A second person has to verify it.")
    OWN = N_("Nobody verifies a credential of one's own.")


@dataclass(frozen=True, slots=True)
class Held:
    """A credential or a passed course. Both days are inclusive; no last day means no expiry."""

    kind: str
    first: date
    last: date | None = None
    withdrawn: date | None = None
    grade: Grade | None = None


def course_holds_until(completed: date, months: int | None) -> date | None:
    """The last day of a course's validity: the same day `months` later, or the month's last.

    The day of the course is not counted (Civil Code, Art. 201 and 202). None never lapses.
    """
    return None if months is None else months_later(completed, months)


def holds_on(held: Held, day: date) -> bool:
    """Whether it is valid on a day: first and last day inclusive, not from its withdrawal on."""
    return (
        held.first <= day
        and (held.last is None or day <= held.last)
        and (held.withdrawn is None or day < held.withdrawn)
    )


def lacking(kind: str, name: str, held: Iterable[Held], *, day: date) -> list[Because]:
    """Why a person lacks a required credential *on the day of the shift*; empty if he has it.

    `name` is how the reader knows the credential. Of several, the one that lasts longest speaks.
    """
    own = [one for one in held if one.kind == kind]
    if any(holds_on(one, day) for one in own):
        return []
    if not own:
        return [Because(Lack.NOT_HELD, {"credential": name})]
    best = max(own, key=lambda one: (one.withdrawn is None, one.last or date.max, one.first))
    if best.withdrawn is not None and best.withdrawn <= day:
        return [Because(Lack.WITHDRAWN, {"credential": name, "withdrawn": best.withdrawn})]
    if best.last is not None and best.last < day:
        return [Because(Lack.LAPSED_BY_THEN, {"credential": name, "last": best.last, "day": day})]
    return [Because(Lack.NOT_YET, {"credential": name, "first": best.first})]


def lapses_within(held: Held, days: int, *, today: date) -> bool:
    """Whether it holds today and its last day is today or within the days that follow."""
    return (
        holds_on(held, today)
        and held.last is not None
        and held.last <= today + timedelta(days=days)
    )


def notice(held: Held, *, today: date) -> int | None:
    """In which list it stands: what lapses within 30, 60 or 90 days; None for none of them."""
    return next((days for days in NOTICE_DAYS if lapses_within(held, days, today=today)), None)


def reminder(held: Held, *, today: date) -> int | None:
    """Which reminder is due: that of 7, 30 or 90 days before the last day, the nearest one."""
    return next((days for days in REMINDER_DAYS if lapses_within(held, days, today=today)), None)


def refusals_to_state(
    *, issued: date, last: date | None, lapses: bool, today: date
) -> list[Because]:
    """Why a credential cannot be taken down so: its days, and a last one if its kind lapses."""
    found = [Because(Unverifiable.IN_FUTURE)] if issued > today else []
    if last is not None and last < issued:
        found.append(Because(Unverifiable.TURNED))
    if lapses and last is None:
        found.append(Because(Unverifiable.NO_LAST_DAY))
    return found


def refusals_to_verify(
    *, ended: bool, verified: bool, entered_it: bool, own: bool
) -> list[Because]:
    """The second pair of eyes: neither who entered a credential nor its holder verifies it."""
    if ended:
        return [Because(Unverifiable.WITHDRAWN)]
    if verified:
        return [Because(Unverifiable.VERIFIED)]
    found = [Because(Unverifiable.ENTERED_IT)] if entered_it else []
    return found + ([Because(Unverifiable.OWN)] if own else [])


def is_certified(held: Iterable[Held], *, day: date) -> bool:
    """Whether a person holds a professional certificate of any grade, for the 持证率."""
    return any(one.grade is not None and holds_on(one, day) for one in held)


def highest_grade(held: Iterable[Held], *, day: date) -> Grade | None:
    """The highest grade that a person holds on a day."""
    order = list(Grade)
    grades = [one.grade for one in held if one.grade is not None and holds_on(one, day)]
    return max(grades, key=order.index, default=None)
