"""Credentials and course records: on which days they hold. 志愿服务条例 Art. 16 asks for them.

A look into the records of who works with minors is repeated each year (未成年人保护法 Art. 62,
2021-06-01); it is written for staff, and good practice for volunteers. What a kind of credential
asks for is data: how long it holds, how its number looks, when it is renewed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import identity
from talent.rules.reason import N_, Because
from talent.rules.social_workers import Grade, months_later
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTICE_DAYS = (30, 60, 90)
REMINDER_DAYS = (7, 30, 90)  # before the last day; once each
LATELY = timedelta(days=7)


class CheckResult(Word):
    """What a look into the records of offences found (未成年人保护法 Art. 62)."""

    CLEAR = "clear", N_("Nothing found")
    FOUND = "found", N_("A record was found")


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
    FOUND_SINCE = N_("A later check found a record: this one does not count any more.")
    NO_NUMBER = N_("This kind of credential has a number: please enter it.")
    NUMBER = N_("A number of this kind looks like %(example)s.")
    IDENTITY = N_("This is an identity number. Enter the number of the paper, or leave it empty.")
    NO_EVIDENCE = N_("This kind of credential is taken down with its paper: please add the file.")
    NO_RESULT = N_("Say what was found.")
    NO_CLASS = N_("Choose at least one class.")
    REGISTERED = N_("A registration is entered as a term on the person's page.")


class Unkind(StrEnum):
    """Why a kind of credential is not described so."""

    MASK = N_(
        "Write 9 for a digit, A for a capital letter, * for either, {n} behind one to repeat it."
        " Any other character stands for itself."
    )
    EXAMPLE = N_("The example does not look as the format says.")
    NO_EXAMPLE = N_("Give an example of the number.")
    NO_MONTHS = N_("What is renewed before its end has to lapse: say after how many months.")
    WINDOW = N_("The renewal cannot open earlier than the credential begins.")
    REMINDERS = N_("Write up to %(most)s different numbers of days from 1 to 366.")
    SOURCE = N_("Say where it is written, when it is not the office's own.")


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


_TOKEN = re.compile(r"([^{}])(?:\{([1-9][0-9]?)(?:,([1-9][0-9]?))?\})?")
_MEANT = {"9": "[0-9]", "A": "[A-Z]", "*": "[0-9A-Z]"}
LONGEST_NUMBER = 60
MOST_REMINDERS = 6


def number_pattern(mask: str) -> re.Pattern[str] | None:
    """The pattern that a mask stands for; None for one that cannot be read.

    9 is a digit, A a capital letter, * either; {n} or {n,m} repeats what stands before it. Nothing
    in it repeats without end, so that no number takes long to compare, whatever the mask.
    """
    parts, at = [], 0
    while at < len(mask):
        token = _TOKEN.match(mask, at)
        if token is None:
            return None
        sign, least, most = token.groups()
        if most is not None and int(most) < int(least):
            return None
        parts.append(_MEANT.get(sign) or re.escape(sign.upper()))
        if least:
            parts.append(f"{{{least},{most}}}" if most else f"{{{least}}}")
        at = token.end()
    return re.compile("".join(parts)) if parts else None


def written_number(number: str) -> str:
    """A number as it is compared and kept: narrow, without spaces, letters as capitals."""
    narrow = number.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return "".join(narrow.split()).upper()


def number_fits(mask: str, number: str) -> bool:
    """Whether a number looks as its kind says. An unreadable mask refuses nothing."""
    pattern = number_pattern(mask)
    return pattern is None or pattern.fullmatch(written_number(number)) is not None


def refusals_of_number(number: str | None, *, mask: str | None, example: str) -> list[Because]:
    """Why a number is not taken: missing, in another form, or that of the person (PIPL Art. 6).

    An identity number is kept sealed with the person and nowhere else.
    """
    if not number:
        return [Because(Unverifiable.NO_NUMBER)] if mask else []
    if _is_identity(written_number(number)):
        return [Because(Unverifiable.IDENTITY)]
    if mask and not number_fits(mask, number):
        return [Because(Unverifiable.NUMBER, {"example": example})]
    return []


def _is_identity(number: str) -> bool:
    if re.fullmatch(r"[0-9]{17}[0-9X]", number) is None:
        return False
    return identity.check_character(number[:17]) == number[17]


def refusals_of_kind(
    *,
    mask: str | None,
    example: str | None,
    months: int | None,
    renew_months: int | None,
    remind_days: Iterable[int] = (),
    sourced: bool = True,
) -> list[Because]:
    """Why a kind of credential is not described so; an empty list means it is."""
    found = []
    if mask:
        if number_pattern(mask) is None:
            found.append(Because(Unkind.MASK))
        elif not example:
            found.append(Because(Unkind.NO_EXAMPLE))
        elif not number_fits(mask, example):
            found.append(Because(Unkind.EXAMPLE))
    if renew_months and not months:
        found.append(Because(Unkind.NO_MONTHS))
    elif renew_months and months and renew_months > months:
        found.append(Because(Unkind.WINDOW))
    days = list(remind_days)
    if len(days) > MOST_REMINDERS or len(set(days)) != len(days):
        found.append(Because(Unkind.REMINDERS, {"most": MOST_REMINDERS}))
    return found if sourced else [*found, Because(Unkind.SOURCE)]


def holds_until(
    issued: date, *, stated: date | None, lapses: bool, months: int | None, recheck: int | None
) -> date | None:
    """The last day: what the paper says, else what its kind does; a kind that does not lapse: none.

    A look that has to be repeated (未成年人保护法 Art. 62: each year) holds until the next is due,
    whatever its paper says.
    """
    if not lapses:
        return None
    ends = [
        course_holds_until(issued, each)
        for each in ([] if stated else [months]) + [recheck]
        if each
    ]
    days = [day for day in (stated, *ends) if day is not None]
    return min(days, default=None)


def recheck_due(checked: date, months: int | None) -> date | None:
    """By when it is looked at anew: the same day so many months later (next_due: a year)."""
    return course_holds_until(checked, months)


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


def reminder(held: Held, *, today: date, days: Iterable[int] = REMINDER_DAYS) -> int | None:
    """Which reminder is due, the nearest one: of 7, 30 or 90 days before the last day.

    Or of those that its kind has.
    """
    return next((d for d in sorted(days) if lapses_within(held, d, today=today)), None)


def lapsed_lately(held: Held, *, today: date) -> bool:
    """Whether it ended within the last week: then holder and office are told that it has lapsed."""
    if held.last is None or held.withdrawn is not None:
        return False
    return held.first <= held.last < today <= held.last + LATELY


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of credential asks of one that is taken down. `example` shows its number."""

    lapses: bool = True
    mask: str | None = None
    example: str = ""
    evidence: bool = False
    is_check: bool = False
    classes: tuple[str, ...] = ()
    registered: bool = False


def refusals_to_take_down(
    kind: Kind,
    *,
    number: str | None,
    has_paper: bool,
    result: CheckResult | None,
    classes: Iterable[str],
) -> list[Because]:
    """Why a credential is not taken down so, as far as its kind says: number, paper, result."""
    if kind.registered:
        return [Because(Unverifiable.REGISTERED)]
    found = refusals_of_number(number, mask=kind.mask, example=kind.example)
    if kind.evidence and not has_paper:
        found.append(Because(Unverifiable.NO_EVIDENCE))
    if kind.is_check and result is None:
        found.append(Because(Unverifiable.NO_RESULT))
    if kind.classes and not set(classes) & set(kind.classes):
        found.append(Because(Unverifiable.NO_CLASS))
    return found


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


def highest_grade(held: Iterable[Held], *, day: date) -> Grade | None:
    """The highest grade that a person holds on a day."""
    order = list(Grade)
    grades = [one.grade for one in held if one.grade is not None and holds_on(one, day)]
    return max(grades, key=order.index, default=None)
