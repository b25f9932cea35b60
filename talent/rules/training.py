"""Training: 条例 Art. 16 (2017-12-01) asks for it, Order 67 Art. 8 (2021-02-01) has it recorded.

What the law leaves open follows the practice of the platforms: a seat is held by one person, and
what an office did not run itself it enters by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.ratings import ASKED_WITHIN
from talent.rules.reason import N_, Because, Minutes
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.rules.signup import Gate, Held

EARLY = timedelta(minutes=30)  # before a part one may sign in
LATE = timedelta(minutes=30)  # after a part one may still sign out
MINUTE = timedelta(minutes=1)
WHOLE = 100  # per cent


class Kind(Word):
    """What a course is for."""

    INDUCTION = "induction", N_("Induction")
    SKILLS = "skills", N_("Skills")
    SAFETY = "safety", N_("Safety")
    PROFESSIONAL = "professional", N_("Professional")
    CONTINUING = "continuing", N_("Continuing education")
    OTHER = "other", N_("Other")


class Signing(Word):
    """How the code at the door is used."""

    IN_ONLY = "in_only", N_("Signing in: who signs in stays until the end")
    IN_OUT = "in_out", N_("Signing in and out: what lies between counts")


class Source(Word):
    """From what it is known that somebody was there."""

    CODE = "code", N_("Code on the spot")
    LIST = "list", N_("Ticked on the spot")
    PAPER = "paper", N_("Keyed in from a sheet of paper")


class Refusal(StrEnum):
    """Why a seat is not given or given back, and why training is not recorded."""

    CANCELLED = N_("This session was cancelled.")
    BEGUN = N_("This session began at %(start)s.")
    OVER = N_("This session ended at %(end)s.")
    ALREADY = N_("This person is already signed up for this session.")
    FULL = N_("Every place in this session is taken.")
    NOT_YET = N_("Attendance is taken from %(day)s on.")
    NOT_SIGNED_UP = N_("This person is not signed up any more.")
    TOO_FEW = N_("%(taken)s people are signed up already. There cannot be fewer places.")
    TURNED = N_("The end must be after the beginning.")
    IN_FUTURE = N_("This day is still to come.")
    NO_TIME = N_("The learning time must be at least one minute.")
    ENDS_BEFORE = N_("The last day of validity is before the day of the training.")
    NO_EVIDENCE = N_("Training that somebody else held needs its evidence: please add the file.")
    WITHDRAWN = N_("This training was withdrawn.")
    VERIFIED = N_("This training counts already.")
    ENTERED_IT = N_("You entered it yourself. A second person has to verify it.")
    OWN = N_("Nobody verifies training of one's own.")
    WAITING = N_("This person is on the waiting list already.")
    FREE = N_("There are places: nobody has to wait.")
    NEEDS_TRAINING = N_("“%(name)s” must have been attended before.")
    NEEDS_CREDENTIAL = N_("“%(name)s” must be held.")
    LAPSED = N_("“%(name)s” is not valid on %(day)s any more.")
    NOT_VALID_YET = N_("“%(name)s” is valid only from %(day)s on.")
    ITSELF = N_("A course cannot ask for itself.")
    CIRCLE = N_("“%(name)s” asks for this course, so nobody could ever begin.")
    ASKED_ALREADY = N_("This is asked for already.")
    PARTS_OVERLAP = N_("This date overlaps another one of this session.")
    LAST_PART = N_("A session has at least one date.")
    PART_USED = N_("Somebody was there on this date already. It stays.")


class Unsigned(StrEnum):
    """Why somebody cannot sign in or out by the code."""

    EXPIRED = N_("This code has expired. Scan the one that the screen shows now.")
    NEEDED = N_("Scan the code that the screen shows now. It changes all the time.")
    CLOSED = N_("Signing in opens %(minutes)s minutes before the beginning.")
    NOT_SIGNED_UP = N_("You are not signed up for this session. Ask the trainer to add you.")
    ALREADY_IN = N_("Signed in already, at %(since)s.")
    NOT_IN = N_("Sign in first.")
    ALREADY_OUT = N_("Signed out already, at %(since)s.")
    BACKWARDS = N_("The end must be after the beginning.")
    OUTSIDE = N_("Give times between %(start)s and %(end)s.")
    FUTURE = N_("This time is still to come.")


class Uncertified(StrEnum):
    """Why no certificate of attendance is issued."""

    HELD_ELSEWHERE = N_("Somebody else held this training, and whoever held it certifies it.")
    WITHDRAWN = N_("This record was withdrawn.")


class Unevaluated(StrEnum):
    """Why a session is not evaluated."""

    NOT_THERE = N_("Only those evaluate a session who were there.")
    NOT_OVER = N_("The session is evaluated when it is over: after %(end)s.")
    LATE = N_("The session could be evaluated until %(end)s.")
    TWICE = N_("You have evaluated this session. Since no names are kept, it cannot be changed.")


class Uncounted(StrEnum):
    """Why what was attended gives no record."""

    NOT_THERE = N_("No attendance is on record.")
    NO_SIGN_OUT = N_("A sign-out is missing.")
    TOO_LITTLE = N_("%(attended)s of %(planned)s were attended; at least %(least)s %% count.")
    NO_QUIZ = N_("The quiz is not passed yet.")


@dataclass(frozen=True, slots=True)
class Part:
    """One date of a session: a morning, an afternoon, an evening."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes that are planned."""
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True, slots=True)
class Presence:
    """When somebody was there. Without `left` it was not said."""

    came: datetime
    left: datetime | None = None


def refusals_to_take(
    *,
    start: datetime,
    end: datetime,
    cancelled: bool,
    free: int,
    already: bool,
    now: datetime,
    at_the_door: bool = False,
    unprepared: Sequence[Because] = (),
) -> list[Because]:
    """Why a seat cannot be taken now. `at_the_door` is the office's word: until the end.

    `unprepared` is what the course asks for and the person does not hold.
    """
    if cancelled:
        return [Because(Refusal.CANCELLED)]
    found = []
    if now >= end:
        found.append(Because(Refusal.OVER, {"end": end}))
    elif now >= start and not at_the_door:
        found.append(Because(Refusal.BEGUN, {"start": start}))
    if already:
        found.append(Because(Refusal.ALREADY))
    elif free <= 0:
        found.append(Because(Refusal.FULL))
    return found + list(unprepared)


def refusals_to_wait(found: Iterable[Because], *, free: int, waiting: bool) -> list[Because]:
    """Why somebody cannot wait: as for a seat, but that it is full is what waiting is for."""
    kept = [each for each in found if each.why != Refusal.FULL]
    if waiting:
        return [Because(Refusal.WAITING)]
    return kept or ([Because(Refusal.FREE)] if free > 0 else [])


def unprepared(gates: Iterable[Gate], held: Sequence[Held], day: date) -> list[Because]:
    """条例 Art. 16: what must be held validly on the first day of the session, and is not."""
    found = []
    for gate in gates:
        mine = [each for each in held if (each.kind, each.key) == (gate.kind, gate.key)]
        if any(each.valid_on(day) for each in mine):
            continue
        lasts = [each.last_day for each in mine if each.last_day and each.last_day < day]
        firsts = [each.first_day for each in mine if each.first_day and each.first_day > day]
        if lasts:
            found.append(Because(Refusal.LAPSED, {"name": gate.name, "day": day}))
        elif firsts:
            found.append(Because(Refusal.NOT_VALID_YET, {"name": gate.name, "day": min(firsts)}))
        else:
            needs = {"training": Refusal.NEEDS_TRAINING}.get(
                gate.kind.value, Refusal.NEEDS_CREDENTIAL
            )
            found.append(Because(needs, {"name": gate.name}))
    return found


def refusals_to_ask_for(
    course: int, needed: int, asks: Mapping[int, Collection[int]], name: str
) -> list[Because]:
    """Why a course cannot ask for another one. `asks` says which courses each asks for today."""
    if course == needed:
        return [Because(Refusal.ITSELF)]
    if needed in asks.get(course, ()):
        return [Because(Refusal.ASKED_ALREADY)]
    seen, ahead = set(), [needed]
    while ahead:
        if (one := ahead.pop()) == course:
            return [Because(Refusal.CIRCLE, {"name": name})]
        if one not in seen:
            seen.add(one)
            ahead.extend(asks.get(one, ()))
    return []


def refusals_to_give_back(*, start: datetime, live: bool, now: datetime) -> list[Because]:
    """Why a seat cannot be given back: only before the session, and only while it is held."""
    if not live:
        return [Because(Refusal.NOT_SIGNED_UP)]
    return [Because(Refusal.BEGUN, {"start": start})] if now >= start else []


def refusals_to_mark(*, first_day: date, cancelled: bool, live: bool, today: date) -> list[Because]:
    """Why attendance cannot be taken: it is true only from the day of the session on (Art. 8)."""
    if cancelled:
        return [Because(Refusal.CANCELLED)]
    if not live:
        return [Because(Refusal.NOT_SIGNED_UP)]
    return [Because(Refusal.NOT_YET, {"day": first_day})] if today < first_day else []


def refusals_to_plan(
    *, start: datetime, end: datetime, places: int, taken: int = 0
) -> list[Because]:
    """Why a session cannot be planned so: it goes forward, and nobody loses a seat."""
    found = [] if end > start else [Because(Refusal.TURNED)]
    return found + ([Because(Refusal.TOO_FEW, {"taken": taken})] if places < taken else [])


def refusals_to_record(
    *,
    held_on: date,
    minutes: int,
    valid_until: date | None,
    today: date,
    has_paper: bool = True,
) -> list[Because]:
    """Order 67 Art. 8: what was learned, how long and when. It has taken place, and took time."""
    found = []
    if held_on > today:
        found.append(Because(Refusal.IN_FUTURE))
    if minutes < 1:
        found.append(Because(Refusal.NO_TIME))
    if valid_until is not None and valid_until < held_on:
        found.append(Because(Refusal.ENDS_BEFORE))
    return found if has_paper else [*found, Because(Refusal.NO_EVIDENCE)]


def refusals_of_part(part: Part, others: Iterable[Part]) -> list[Because]:
    """Why a session cannot have this date as well: dates go forward and lie apart."""
    if part.end <= part.start:
        return [Because(Refusal.TURNED)]
    apart = all(part.end <= other.start or part.start >= other.end for other in others)
    return [] if apart else [Because(Refusal.PARTS_OVERLAP)]


def part_now(parts: Sequence[Part], now: datetime) -> int | None:
    """Which of the parts, in their order, one signs in or out of now; None when there is none.

    Of two that touch it is the later one once it has begun.
    """
    open_now = [
        place for place, part in enumerate(parts) if part.start - EARLY <= now < part.end + LATE
    ]
    begun = [place for place in open_now if parts[place].start <= now < parts[place].end]
    running = begun or open_now
    return running[-1] if begun else running[0] if running else None


def refusals_to_come(presence: Presence | None, part: Part, now: datetime) -> list[Because]:
    """Why somebody cannot sign in to a part: it is not open, or it was done."""
    if presence:
        return [Because(Unsigned.ALREADY_IN, {"since": presence.came})]
    if not part.start - EARLY <= now < part.end:
        return [Because(Unsigned.CLOSED, {"minutes": EARLY // MINUTE})]
    return []


def refusals_to_leave(presence: Presence | None, now: datetime) -> list[Because]:
    """Why somebody cannot sign out of a part."""
    if presence is None:
        return [Because(Unsigned.NOT_IN)]
    if presence.left:
        return [Because(Unsigned.ALREADY_OUT, {"since": presence.left})]
    return [] if now > presence.came else [Because(Unsigned.BACKWARDS)]


def refusals_of_times(came: datetime, left: datetime, part: Part, now: datetime) -> list[Because]:
    """Why times cannot be entered for somebody: they lie in the part, and have come."""
    if left <= came:
        return [Because(Unsigned.BACKWARDS)]
    if came < part.start or left > part.end:
        return [Because(Unsigned.OUTSIDE, {"start": part.start, "end": part.end})]
    return [Because(Unsigned.FUTURE)] if left > now else []


def attended(part: Part, presence: Presence | None, signing: Signing) -> int:
    """Whole minutes of a part in which somebody was there; before and after it nothing counts.

    Where one signs out as well, a missing sign-out counts nothing until somebody says when it was.
    """
    if presence is None or (presence.left is None and signing is Signing.IN_OUT):
        return 0
    left = part.end if presence.left is None else min(presence.left, part.end)
    return max((left - max(presence.came, part.start)) // MINUTE, 0)


def suffices(attended_: int, planned: int, least_share: int) -> bool:
    """Whether the least share (per cent) was attended, to the minute: exactly the share does."""
    return attended_ > 0 and attended_ * WHOLE >= least_share * planned


def learned(course_minutes: int, attended_: int, planned: int) -> int:
    """Order 67 Art. 8, 学习时长: the course's minutes for who saw all of it, else that share.

    Never more than the time for which somebody was there; a begun minute does not count.
    """
    if planned <= 0:
        return 0
    return min(course_minutes * attended_ // planned, attended_)


def refusals_to_count(
    parts: Sequence[Part],
    presences: Sequence[Presence | None],
    *,
    signing: Signing,
    least_share: int,
    quiz_lacks: bool,
) -> list[Because]:
    """Why what somebody attended gives no record (Order 67 Art. 8): truthfully, or not at all."""
    if not any(presences):
        return [Because(Uncounted.NOT_THERE)]
    total = sum(map(attended, parts, presences, [signing] * len(parts)))
    planned = sum(part.minutes for part in parts)
    found = []
    open_ = any(each and each.left is None for each in presences)
    if open_ and signing is Signing.IN_OUT:
        found.append(Because(Uncounted.NO_SIGN_OUT))
    if not suffices(total, planned, least_share):
        facts = {"attended": Minutes(total), "planned": Minutes(planned), "least": least_share}
        found.append(Because(Uncounted.TOO_LITTLE, facts))
    elif quiz_lacks:
        found.append(Because(Uncounted.NO_QUIZ))
    return found


def refusals_to_verify(
    *, ended: bool, verified: bool, entered_it: bool, own: bool
) -> list[Because]:
    """The second pair of eyes on what somebody else held: not who entered it, nor whose it is."""
    if ended:
        return [Because(Refusal.WITHDRAWN)]
    if verified:
        return [Because(Refusal.VERIFIED)]
    found = [Because(Refusal.ENTERED_IT)] if entered_it else []
    return found + ([Because(Refusal.OWN)] if own else [])


def refusals_to_evaluate(
    *, there: bool, evaluated: bool, ended_at: datetime, now: datetime
) -> list[Because]:
    """Who was there says once how it was: from the end on, for as long as services are rated."""
    until = ended_at + ASKED_WITHIN
    if not there:
        return [Because(Unevaluated.NOT_THERE)]
    if now < ended_at:
        return [Because(Unevaluated.NOT_OVER, {"end": ended_at})]
    if evaluated:
        return [Because(Unevaluated.TWICE)]
    return [Because(Unevaluated.LATE, {"end": until})] if now > until else []


def refusals_to_certify(*, held_here: bool, stands: bool) -> list[Because]:
    """Whoever held the training certifies it, as with service (谁记录谁证明), while it stands."""
    if not stands:
        return [Because(Uncertified.WITHDRAWN)]
    return [] if held_here else [Because(Uncertified.HELD_ELSEWHERE)]
