"""Taking a quiz: drawing it, saving answers, handing it in. The clock of the system counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.rules import quizzes as law
from talent.training.attendance import service as attendance
from talent.training.models import Seat, SeatState, Session
from talent.training.quizzes import service as quizzes
from talent.training.quizzes.models import Attempt, Question, Quiz

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.reason import Because

HELD = (SeatState.TAKEN, SeatState.ATTENDED, SeatState.PARTLY)
MOST_CLOSED = 200  # attempts in one run of the job


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a quiz: what was tried, what is open, why there is no next."""

    attempts: Sequence[Attempt]
    running: Attempt | None
    passed: bool
    reasons: list[Because]


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as this attempt shows it: its options in their drawn order, and what is ticked."""

    place: int  # from 1 on
    question: Question
    order: list[int]
    chosen: list[int]


def standing(quiz: Quiz, person_id: int, now: datetime) -> Standing:
    """For the page on which an attempt is begun."""
    since = _since(quiz, person_id, now)
    attempts = quizzes.attempts_of(quiz, person_id, since)
    running = next((a for a in attempts if a.ended_at is None and not _is_over(a, now)), None)
    passed = any(each.passed for each in attempts)
    ended = [each.ended_at or each.due_at for each in attempts if each is not running]
    wait = timedelta(minutes=quiz.wait_minutes)
    reasons = law.refusals_to_begin(
        questions=len(quizzes.questions_of(quiz)),
        begun=since is not None,
        passed=passed,
        made=len(attempts),
        attempts=quiz.attempts,
        next_at=law.next_at(max(filter(None, ended), default=None), wait),
        now=now,
    )
    return Standing(attempts, running, passed, [] if running else reasons)


def begin(quiz: Quiz, person: Person, *, now: datetime) -> Attempt:
    """The open attempt, or another one with questions drawn for it."""
    locked(Quiz, quiz.id)
    close_over(now, person_id=person.id)
    found = standing(quiz, person.id, now)
    if found.running:
        return found.running
    if found.reasons:
        raise Refused(found.reasons)
    # One of an earlier session ends here: the answers are shown when this one is handed in.
    for left in quizzes.attempts_of(quiz, person.id):
        if left.ended_at is None:
            _close(locked(Attempt, left.id), actor=SYSTEM, now=now)
    seed = secrets.token_hex(8)
    bank = [question.id for question in quizzes.questions_of(quiz)]
    limit = quiz.limit_minutes
    attempt = Attempt(
        quiz_id=quiz.id, person_id=person.id, number=len(quizzes.attempts_of(quiz, person.id)) + 1,
        seed=seed, questions=law.drawn(seed, bank, quiz.number), answers={}, begun_at=now,
        due_at=now + timedelta(minutes=limit) if limit else None, pass_per_cent=quiz.pass_per_cent,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
            db.session.flush()
    except IntegrityError:  # begun in another window
        return next(a for a in quizzes.attempts_of(quiz, person.id) if a.ended_at is None)
    return attempt


def own_attempt(person_id: int, attempt_id: int) -> Attempt:
    """An attempt of this person, or `NotFound`."""
    query = select(Attempt).where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    query = query.options(joinedload(Attempt.quiz).joinedload(Quiz.course))
    if (attempt := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return attempt


def shown(attempt: Attempt) -> list[Shown]:
    """All its questions, in the order in which they were drawn."""
    query = select(Question).where(Question.id.in_(attempt.questions))
    known = {question.id: question for question in db.session.scalars(query)}
    return [
        Shown(
            place,
            known[key],
            _order(attempt, known[key]),
            list(attempt.answers.get(str(key), ())),
        )
        for place, key in enumerate(attempt.questions, 1)
    ]


def answer(attempt: Attempt, place: int, chosen: Collection[int], *, now: datetime) -> None:
    """Save what is ticked at a place; nothing is marked yet."""
    attempt = locked(Attempt, attempt.id)
    if not 1 <= place <= len(attempt.questions):
        raise NotFound
    if found := law.refusals_to_answer(
        handed_in=attempt.ended_at is not None, due=attempt.due_at, now=now
    ):
        raise Refused(found)
    key = attempt.questions[place - 1]
    known = range(len(db.session.get_one(Question, key).options))
    kept = sorted({one for one in chosen if one in known})
    attempt.answers = attempt.answers | {str(key): kept}
    db.session.flush()


def hand_in(attempt: Attempt, *, actor: Actor, now: datetime) -> Attempt:
    """Mark it. Handed in twice it stays as it was; whoever passed may have a record now."""
    attempt = locked(Attempt, attempt.id)
    if attempt.ended_at is None:
        _close(attempt, actor=actor, now=now)
    return attempt


def result(attempt: Attempt) -> law.Result:
    """What it came to."""
    return law.Result(attempt.points or 0, attempt.most or 0, bool(attempt.passed))


def close_over(now: datetime, person_id: int | None = None) -> int:
    """Mark attempts whose time is over, with what was saved; how many."""
    query = (
        select(Attempt.id)
        .where(Attempt.ended_at.is_(None), Attempt.due_at < now - law.GRACE)
        .order_by(Attempt.id)
        .limit(MOST_CLOSED)
    )
    if person_id is not None:
        query = query.where(Attempt.person_id == person_id)
    found = db.session.scalars(query).all()
    for attempt_id in found:
        attempt = locked(Attempt, attempt_id)
        if attempt.ended_at is None:
            _close(attempt, actor=SYSTEM, now=now)
    return len(found)


def _close(attempt: Attempt, *, actor: Actor, now: datetime) -> None:
    query = select(Question).where(Question.id.in_(attempt.questions))
    marked = {question.id: question.marked for question in db.session.scalars(query)}
    answers = {int(key): chosen for key, chosen in attempt.answers.items()}
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    came_to = law.result(marked, answers, attempt.pass_per_cent or quiz.pass_per_cent)
    due = attempt.due_at
    attempt.ended_at = due if due and law.is_over(due, now) else now
    attempt.points, attempt.most, attempt.passed = came_to.points, came_to.most, came_to.passed
    db.session.flush()
    audit.record(
        Act.QUIZ_TAKEN, attempt, actor=actor, now=now, office_id=quiz.course.office_id,
        passed=came_to.passed,
    )  # fmt: skip
    if came_to.passed and quiz.needed:
        attendance.settle_person(quiz.course_id, attempt.person_id, actor=actor, now=now)


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return law.is_over(attempt.due_at, now)


def _order(attempt: Attempt, question: Question) -> list[int]:
    """True stands before false; other answers stand as they were drawn."""
    if question.kind is law.QuestionKind.TRUE_FALSE:
        return list(range(len(question.options)))
    return law.shuffled(attempt.seed, question.id, len(question.options))


def _since(quiz: Quiz, person_id: int, now: datetime) -> datetime | None:
    """When the latest session of the course began in which the person has a place."""
    query = (
        select(Session.starts_at)
        .join(Seat, Seat.session_id == Session.id)
        .where(Session.course_id == quiz.course_id, Session.cancelled_at.is_(None))
        .where(Session.starts_at <= now, Seat.person_id == person_id, Seat.state.in_(HELD))
        .order_by(Session.starts_at.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()
