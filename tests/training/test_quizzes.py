"""A quiz: drawn by lot, saved page by page, marked exactly, and a condition of the record."""

import io

import make
import making
import openpyxl
import pytest

from talent.access import SYSTEM
from talent.db import db, one, writing
from talent.rules.quizzes import QuestionKind
from talent.training import jobs
from talent.training.attempts import service
from talent.training.attendance import service as attendance
from talent.training.models import Seat
from talent.training.quizzes.models import Attempt, Question, Quiz

BEGUN = 25  # hours: the session has begun


@pytest.fixture
def course(cast):
    return making.course(cast.office, minutes=180)


@pytest.fixture
def session(course, cast):
    return making.session(course, cast.office)


@pytest.fixture
def seat(session, cast):
    return making.seat(session, cast.person)


@pytest.fixture
def me(browser, clock, cast, seat):
    clock.move_to(make.hours_later(BEGUN))
    return browser.sign_in(cast.volunteer)


def attempt():
    db.session.rollback()
    return db.session.query(Attempt).order_by(Attempt.id.desc()).first()


def right(number):
    """What to tick at each place so that the first so many are right."""
    chosen = []
    for place, shown in enumerate(service.shown(attempt())):
        places = sorted(shown.question.right)
        wrong = [n for n in shown.order if n not in places][:1]
        chosen.append(places if place < number else wrong)
    return chosen


def take(me, course, number):
    """A whole attempt with so many right."""
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    for place, chosen in enumerate(right(number), 1):
        me.send(f"/training/mine/attempts/{attempt().id}/{place}", chosen=chosen, go="on")
    return me.send(f"/training/mine/attempts/{attempt().id}/end")


# ---- the office
def test_an_office_says_how_it_is_passed_and_writes_questions(browser, cast, course):
    browser.sign_in(cast.coordinator)
    address = f"/training/courses/{course.id}/quiz"
    assert "This course has no quiz." in browser.visit(address).words
    browser.send(address, 422, pass_per_cent="1e30", wait_minutes="0")
    page = browser.send(address, 422, pass_per_cent="100.01", wait_minutes="0")
    assert "Please enter a number from 0.01 to 100." in page.words
    browser.send(address, pass_per_cent="66.67", wait_minutes="10", attempts="3", needed="y")
    quiz = db.session.query(Quiz).one()
    assert (str(quiz.pass_per_cent), quiz.attempts, quiz.needed) == ("66.67", 3, True)
    stated = {"kind": "single", "text_zh": "先做什么？", "weight": "2", "right": "A"}
    page = browser.send(f"{address}/questions/new", 422, option_a="确认安全", **stated)
    assert "Give at least two answers" in page.words
    assert "先做什么？" in page.text
    whole = stated | {"option_a": "确认安全", "option_b": "搬动"}
    page = browser.send(f"{address}/questions/new", 422, **whole | {"right": "C"})
    assert "not one of those to choose from" in page.words
    browser.send(f"{address}/questions/new", **whole)
    question = db.session.query(Question).one()
    assert [each["right"] for each in question.options] == [True, False]
    true_false = {"kind": "true_false", "text_zh": "对吗？", "weight": "1", "right": "B"}
    browser.send(f"{address}/questions/new", **true_false)
    assert "对吗？" in browser.visit(address).words


def test_a_changed_question_is_a_new_one_and_old_attempts_keep_theirs(me, cast, course):
    making.quiz(course, questions=1)
    take(me, course, 1)
    old = attempt().questions[0]
    me.sign_in(cast.coordinator)
    address = f"/training/courses/{course.id}/quiz/questions/{old}"
    assert 'value="甲"' in me.visit(address).text
    changed = {"kind": "single", "text_zh": "改过的题", "weight": "1", "right": "B"}
    me.send(address, option_a="甲", option_b="乙", **changed)
    me.visit(address, status=404)
    me.sign_in(cast.volunteer)
    page = me.visit(f"/training/mine/attempts/{attempt().id}")
    assert "第1题" in page.words
    assert "改过的题" not in page.words


def test_the_bank_is_its_offices_own(browser, cast, course):
    quiz = making.quiz(course)
    question = db.session.query(Question).filter_by(quiz_id=quiz.id).first()
    browser.sign_in(cast.stranger)
    for page in ("quiz", f"quiz/questions/{question.id}", "questions"):
        browser.visit(f"/training/courses/{course.id}/{page}", status=404)
    browser.sign_in(cast.volunteer)
    browser.visit(f"/training/courses/{course.id}/quiz", status=403)


# ---- taking it
def test_each_answer_is_saved_and_the_quiz_is_passed(me, course):
    making.quiz(course, mark="100", questions=3)
    page = me.visit(f"/training/mine/quizzes/{course.id}")
    assert "Begin the quiz" in page.words
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    first = f"/training/mine/attempts/{attempt().id}/1"
    assert "Question 1 of 3" in me.visit(first).words
    assert "3 questions are not answered yet." in me.visit(first).words
    chosen = right(3)
    answer = me.send(first, chosen=chosen[0], go="on")
    assert answer.location.endswith("/2")
    assert "2 questions are not answered yet." in me.visit(answer.location).words
    assert len(me.visit(first).all("input", checked="", type="radio")) == 1
    again = me.send(f"/training/mine/quizzes/{course.id}/attempts")  # goes on, no second one
    assert again.location == first
    me.send(f"{first[:-1]}2", chosen=chosen[1], go="back")
    me.send(f"{first[:-1]}3", chosen=chosen[2], go="end")
    ended = me.send(f"/training/mine/attempts/{attempt().id}/end")
    page = me.visit(ended.location)
    assert "3 of 3 points · 100.0 %" in page.words
    assert attempt().passed
    me.send(first, 409, chosen=chosen[0], go="on")
    assert "Passed" in me.visit(f"/training/mine/quizzes/{course.id}").words
    me.send(f"/training/mine/quizzes/{course.id}/attempts", 409)


def test_several_right_answers_are_all_ticked_or_nothing_counts(me, course):
    quiz = making.quiz(course, questions=0)
    options = [("甲", None), ("乙", None), ("丙", None)]
    with writing():
        making.question(
            quiz, "哪些", kind=QuestionKind.MULTIPLE, right=(0, 2), options=options, weight=3
        )
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    number = attempt().id
    assert len(me.visit(f"/training/mine/attempts/{number}/1").all("input", type="checkbox")) == 3
    me.send(f"/training/mine/attempts/{number}/1", chosen=["0", "1", "9"], go="end")
    me.send(f"/training/mine/attempts/{number}/end")
    assert (attempt().points, attempt().most, attempt().passed) == (0, 3, False)
    assert attempt().answers == {str(attempt().questions[0]): [0, 1]}


def test_attempts_are_counted_and_have_to_wait(me, clock, cast, course):
    making.quiz(course, mark="100", attempts=2, wait_minutes=60)
    take(me, course, 0)
    page = me.visit(f"/training/mine/quizzes/{course.id}")
    assert "The next attempt is possible from" in page.words
    assert "1 of 2 used" in page.words
    me.send(f"/training/mine/quizzes/{course.id}/attempts", 409)
    clock.move_to(make.hours_later(BEGUN + 1))
    me.sign_in(cast.volunteer)
    take(me, course, 1)
    clock.move_to(make.hours_later(BEGUN + 3))
    me.sign_in(cast.volunteer)
    page = me.send(f"/training/mine/quizzes/{course.id}/attempts", 409)
    assert "All 2 attempts are used." in page.words


def test_the_time_is_measured_by_the_system_and_what_was_saved_counts(me, clock, cast, course):
    making.quiz(course, mark="50", limit_minutes=10)
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    here = f"/training/mine/attempts/{attempt().id}"
    chosen = right(2)
    assert "Please hand in before" in me.visit(f"{here}/1").words
    me.send(f"{here}/1", chosen=chosen[0], go="on")
    clock.move_to(make.hours_later(BEGUN + 11 / 60))
    me.sign_in(cast.volunteer)
    page = me.send(f"{here}/2", 409, chosen=chosen[1], go="on")
    assert "The time was over" in page.words
    with writing():
        assert service.close_over(make.hours_later(BEGUN + 11 / 60)) == 1
    assert (attempt().points, attempt().most, attempt().passed) == (1, 2, True)
    assert attempt().ended_at == attempt().due_at


def test_the_draw_is_kept_with_its_seed_and_others_draw_others(me, cast, course):
    quiz = making.quiz(course, questions=12, number=4)
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    mine = attempt()
    assert len(mine.questions) == 4
    bank = [question.id for question in db.session.query(Question)]
    assert mine.questions == service.law.drawn(mine.seed, bank, 4)
    drawn = set()
    for name in ("甲", "乙", "丙", "丁", "戊"):
        person = make.person(name, at=cast.office)
        making.seat(db.session.query(Seat).first().session, person, now=make.hours_later(24.5))
        with writing():
            made = service.begin(one(Quiz, quiz.id), person, now=make.hours_later(BEGUN))
        drawn.add(tuple(made.questions))
    assert len(drawn) > 1


def test_before_the_session_and_without_a_place_there_is_no_quiz(
    browser, clock, cast, course, seat
):
    making.quiz(course)
    browser.sign_in(cast.volunteer)
    page = browser.send(f"/training/mine/quizzes/{course.id}/attempts", 409)
    assert "opens when the session begins" in page.words
    browser.sign_in(make.volunteer(cast.office, "李梅"))
    browser.visit(f"/training/mine/quizzes/{course.id}", status=404)


def test_a_quiz_without_questions_cannot_be_begun(me, course):
    making.quiz(course, questions=0)
    page = me.send(f"/training/mine/quizzes/{course.id}/attempts", 409)
    assert "This quiz has no questions yet." in page.words


def test_nobody_reads_anothers_attempt(me, cast, course):
    making.quiz(course)
    take(me, course, 2)
    me.sign_in(make.volunteer(cast.office, "李梅"))
    me.visit(f"/training/mine/attempts/{attempt().id}", status=404)
    me.visit(f"/training/mine/attempts/{attempt().id}/1", status=404)


# ---- the record
def test_without_a_passed_quiz_there_is_no_record_and_with_it_at_once(
    me, clock, cast, course, seat
):
    making.quiz(course, mark="100", needed=True)
    with writing():
        attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(BEGUN))
    assert making.records_of(cast.person) == []
    page = me.visit(f"/training/mine/sessions/{seat.session_id}")
    assert "The quiz is not passed yet." in page.words
    take(me, course, 1)
    assert making.records_of(cast.person) == []
    take(me, course, 2)
    assert [record.minutes for record in making.records_of(cast.person)] == [180]


def test_a_quiz_of_last_year_does_not_count_for_this_years_session(me, clock, cast, course):
    making.quiz(course, mark="100", needed=True)
    take(me, course, 2)
    later = making.session(course, cast.office, begins=400 * 24)
    seat = making.seat(later, cast.person)
    with writing():
        attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(400 * 24 + 4))
    assert making.records_of(cast.person) == []
    clock.move_to(make.hours_later(400 * 24 + 5))
    me.sign_in(cast.volunteer)
    take(me, course, 2)
    assert len(making.records_of(cast.person)) == 1


# ---- from a spreadsheet
HEAD = ["题型", "题目", "选项A", "选项B", "选项C", "答案", "分值", "解析"]
GOOD = [
    ["单选题", "先做什么？", "确认安全", "搬动", "", "A", 2, "先保自己"],
    ["多选题", "哪些保密？", "住址", "病情", "时间", "A，B", 1, ""],
    ["", "培训计入服务时间。", "", "", "", "错", "", ""],
]


def book(*rows):
    file = openpyxl.Workbook()
    for row in (HEAD, *rows):
        file.active.append(row)
    out = io.BytesIO()
    file.save(out)
    return io.BytesIO(out.getvalue()), "题库.xlsx"


def hand_in(browser, course, *rows):
    address = f"/training/courses/{course.id}/questions"
    answer = browser.send(address, files_=True, file=book(*rows))
    return answer.location


def test_questions_come_from_a_spreadsheet_once_looked_at(browser, cast, course):
    making.quiz(course, questions=0)
    browser.sign_in(cast.coordinator)
    there = hand_in(browser, course, *GOOD)
    page = browser.visit(there)
    assert "Take 3 questions" in page.words
    assert db.session.query(Question).count() == 0
    browser.send(f"{there}/confirmation")
    found = db.session.query(Question).order_by(Question.id).all()
    assert [(q.kind.value, sorted(q.right), q.weight) for q in found] == [
        ("single", [0], 2), ("multiple", [0, 1], 1), ("true_false", [1], 1),
    ]  # fmt: skip
    again = hand_in(browser, course, *GOOD)
    assert "The bank has this question already." in browser.visit(again).words
    browser.send(f"{again}/confirmation", 409)
    assert db.session.query(Question).count() == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["填空", "题", "甲", "乙", "", "A", 1, ""], "is no kind of question"),
        (["单选", "题", "甲", "乙", "", "C", 1, ""], "not one of those to choose from"),
        (["单选", "题", "甲", "乙", "", "AB", 1, ""], "Exactly one answer must be right."),
        (["单选", "题", "甲", "", "", "A", 1, ""], "Give at least two answers"),
        (["单选", "题", "甲", "甲", "", "A", 1, ""], "The same answer stands there twice."),
        (["单选", "题", "甲", "乙", "", "A", 0, ""], "A question weighs at least 1."),
        (["单选", "题", "甲", "乙", "", "A", "多", ""], "is not a whole number"),
        (["单选", "", "甲", "乙", "", "A", 1, ""], "This cell must not be empty."),
        (["判断", "题", "", "", "", "也许", 1, ""], "not one of those to choose from"),
        (["单选", "题" * 1001, "甲", "乙", "", "A", 1, ""], "longer than 1000 characters"),
    ],
)
def test_one_faulty_row_and_none_is_taken(browser, cast, course, row, said):
    making.quiz(course, questions=0)
    browser.sign_in(cast.coordinator)
    there = hand_in(browser, course, GOOD[0], row)
    page = browser.visit(there)
    assert said in page.words
    assert "There are rows with problems" in page.words
    browser.send(f"{there}/confirmation", 409)
    assert db.session.query(Question).count() == 0


def test_the_example_can_be_handed_in_as_it_is(browser, cast, course):
    making.quiz(course, questions=0)
    browser.sign_in(cast.coordinator)
    body = browser.get(f"/training/courses/{course.id}/questions/example").data
    address = f"/training/courses/{course.id}/questions"
    there = browser.send(address, files_=True, file=(io.BytesIO(body), "e.xlsx")).location
    assert "Take 3 questions" in browser.visit(there).words


def test_a_list_is_its_accounts_own_and_is_forgotten(browser, cast, course):
    making.quiz(course, questions=0)
    browser.sign_in(cast.coordinator)
    there = hand_in(browser, course, *GOOD)
    browser.sign_in(cast.second)
    browser.visit(there, status=404)
    with writing():
        assert jobs.forget_lists(make.hours_later(30)) == "1 forgotten"
    browser.sign_in(cast.coordinator)
    browser.visit(there, status=404)


def test_an_attempt_of_an_earlier_session_ends_when_another_begins(
    me, clock, cast, course, session, seat
):
    making.quiz(course, needed=True)
    making.seat(making.session(course, cast.office, begins=48), cast.person)
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    first = attempt()
    clock.move_to(make.hours_later(49))
    me.sign_in(cast.volunteer)
    take(me, course, 0)
    assert attempt().id != first.id
    me.send(f"/training/mine/attempts/{first.id}/1", 409, chosen="0", go="on")
    me.send(f"/training/mine/attempts/{first.id}/end")
    assert one(Attempt, first.id).passed is False


def test_another_pass_mark_holds_for_attempts_that_begin_after_it(me, cast, course):
    made = making.quiz(course, mark="50", attempts=2)
    me.send(f"/training/mine/quizzes/{course.id}/attempts")
    terms = {"pass_per_cent": "100", "attempts": "2", "wait_minutes": "0"}
    me.sign_in(cast.coordinator).send(f"/training/courses/{course.id}/quiz", **terms)
    assert db.session.query(Quiz).one().pass_per_cent == 100
    me.sign_in(cast.volunteer)
    take(me, course, 1)  # the one that ran goes on
    assert (attempt().quiz_id, attempt().points, attempt().passed) == (made.id, 1, True)
