"""The pages on which a quiz is taken. Each question is a page that saves, so nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound
from talent.i18n import gettext
from talent.people import service as people
from talent.training.attempts import service
from talent.training.courses import service as courses
from talent.training.quizzes import service as quizzes
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.training.quizzes.models import Attempt, Quiz
    from talent.web import Answer


def _me() -> Person:
    if (me := people.own_person(actor())) is None:
        raise NotFound
    return me


def _quiz(course_id: int, me: Person) -> Quiz:
    quiz = quizzes.quiz_of(course_id)
    if quiz is None or not courses.attends(me.id, course_id):
        raise NotFound
    g.zone = quiz.course.office.zone
    return quiz


@allow(Permission.SIGNED_IN)
def start(course_id: int) -> Answer:
    """What awaits me, and what came of earlier attempts."""
    me = _me()
    quiz = _quiz(course_id, me)
    return render_template(
        "training/quiz_start.html",
        quiz=quiz,
        standing=service.standing(quiz, me.id, clock.now()),
        number=min(quiz.number or 10**6, len(quizzes.questions_of(quiz))),
    )


@allow(Permission.SIGNED_IN)
def begin(course_id: int) -> Answer:
    """Draw the questions, or go on with the open attempt."""
    me = _me()
    attempt = service.begin(_quiz(course_id, me), me, now=clock.now())
    return done(url_for("training.question", attempt_id=attempt.id, place=1))


def _attempt(attempt_id: int) -> Attempt:
    attempt = service.own_attempt(_me().id, attempt_id)
    g.zone = attempt.quiz.course.office.zone
    return attempt


@allow(Permission.SIGNED_IN)
def question(attempt_id: int, place: int) -> Answer:
    """One question, with the way to all others."""
    attempt = _attempt(attempt_id)
    if attempt.ended_at:
        return done(url_for("training.result", attempt_id=attempt.id))
    asked = service.shown(attempt)
    if not 1 <= place <= len(asked):
        raise NotFound
    return render_template(
        "training/question.html",
        attempt=attempt,
        asked=asked,
        one=asked[place - 1],
        open_=sum(not each.chosen for each in asked),
    )


@allow(Permission.SIGNED_IN)
def answer(attempt_id: int, place: int) -> Answer:
    """Save what is ticked, and go where the button says."""
    attempt = _attempt(attempt_id)
    chosen = request.form.getlist("chosen", type=int)
    service.answer(attempt, place, chosen, now=clock.now())
    if request.form.get("go") == "end":
        return done(url_for("training.finish", attempt_id=attempt.id))
    step = -1 if request.form.get("go") == "back" else 1
    there = min(max(place + step, 1), len(attempt.questions))
    return done(url_for("training.question", attempt_id=attempt.id, place=there))


@allow(Permission.SIGNED_IN)
def finish(attempt_id: int) -> Answer:
    """Look once more: what was answered, and what was not."""
    attempt = _attempt(attempt_id)
    if attempt.ended_at:
        return done(url_for("training.result", attempt_id=attempt.id))
    asked = service.shown(attempt)
    return render_template("training/finish.html", attempt=attempt, asked=asked)


@allow(Permission.SIGNED_IN)
def hand_in(attempt_id: int) -> Answer:
    """Finished: it is marked now."""
    attempt = service.hand_in(_attempt(attempt_id), actor=actor(), now=clock.now())
    said = gettext("The quiz is passed.") if attempt.passed else gettext("The quiz is not passed.")
    return done(url_for("training.result", attempt_id=attempt.id), said)


@allow(Permission.SIGNED_IN)
def result(attempt_id: int) -> Answer:
    """What it came to, with the explanations."""
    attempt = _attempt(attempt_id)
    if attempt.ended_at is None:
        return done(url_for("training.question", attempt_id=attempt.id, place=1))
    return render_template(
        "training/result.html",
        attempt=attempt,
        asked=service.shown(attempt),
        result=service.result(attempt),
    )
