"""The pages of a quiz, for the office: how it is passed, and the bank of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.training.courses import service as courses
from talent.training.quizzes import service
from talent.training.quizzes.forms import FIELD_OF, QuestionForm, QuizForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.training.models import Course
    from talent.training.quizzes.models import Question
    from talent.web import Answer


@allow(Permission.EDIT_TRAINING)
def quiz(course_id: int) -> Answer:
    """How it is passed; its questions."""
    course = courses.editable_course(actor(), course_id)
    held = service.quiz_of(course.id)
    form = QuizForm(obj=held or service.Terms(pass_per_cent=service.USUAL_MARK))
    if form.validate_on_submit():
        service.set_terms(course, form.terms, actor=actor(), now=clock.now())
        return done(url_for("training.quiz", course_id=course.id), gettext("Saved."))
    bank = service.questions_of(held) if held else []
    return form_page("training/quiz.html", form=form, course=course, quiz=held, bank=bank)


@allow(Permission.EDIT_TRAINING)
def new_question(course_id: int) -> Answer:
    """A question for the bank."""
    return _question(courses.editable_course(actor(), course_id), None)


@allow(Permission.EDIT_TRAINING)
def edit_question(course_id: int, question_id: int) -> Answer:
    """Another wording; finished attempts keep the one that they had."""
    course = courses.editable_course(actor(), course_id)
    return _question(course, service.question_of(course.id, question_id))


def _question(course: Course, question: Question | None) -> Answer:
    if (quiz := service.quiz_of(course.id)) is None:
        raise NotFound
    form = QuestionForm(question)
    if form.validate_on_submit():
        try:
            if question:
                service.change(question, form.asked, actor=actor(), now=clock.now())
            else:
                service.add(quiz, form.asked, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.quiz", course_id=course.id), gettext("Saved."))
    return form_page("training/question_form.html", form=form, course=course, question=question)


@allow(Permission.EDIT_TRAINING)
def end_question(course_id: int, question_id: int) -> Answer:
    """It is not drawn any more."""
    course = courses.editable_course(actor(), course_id)
    question = service.question_of(course.id, question_id)
    service.end(question, actor=actor(), now=clock.now())
    return done(url_for("training.quiz", course_id=course.id), gettext("Removed."))
