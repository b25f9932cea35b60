"""A place is free: one after the other is asked to step in, until somebody comes."""

from datetime import time, timedelta

import make
import plan
import pytest
from calling import (
    answer,
    asked,
    call_of,
    find,
    holders,
    minute,
    search,
    staffed,
    stay_away,
    to_office,
)
from counting import queries

from talent import clock as times
from talent import schedule
from talent.db import db, writing
from talent.messages.models import MessageKind, MessageState, Stopped
from talent.people.models import FreeTime, person_category
from talent.rules.signup import SignupState
from talent.rules.substitutes import CallState, SearchEnd
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.substitutes.models import Call, Search

pytestmark = pytest.mark.usefixtures("clock")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def boss(office):
    return plan.coordinator(office)


def test_one_after_the_other_is_asked_and_it_stops_when_somebody_comes(browser, office, wang, boss):
    first, second, third = (make.volunteer(office, name) for name in ("甲", "乙", "丙"))
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    assert asked() == [("甲", "asked")]
    minute()
    assert asked() == [("甲", "asked")]
    page = browser.sign_in(first).visit("/shifts/calls")
    assert "Can you step in?" in page.words
    for _ in range(2):
        answer(browser, first, "refusal")
    assert asked() == [("甲", "declined"), ("乙", "asked")]
    for _ in range(2):
        answer(browser, second, "acceptance")
    assert asked() == [("甲", "declined"), ("乙", "accepted")]
    assert (holders(shift), plan.taken(shift)) == (["乙"], [1])
    assert search().ended is SearchEnd.FILLED
    assert [m.facts["ended"] for m in to_office(MessageKind.SEARCH_ENDED)] == ["filled"]
    assert third.person_id not in [c.person_id for c in db.session.query(Call)]


def test_a_link_of_the_mail_works_after_signing_in(browser, office, wang):
    make.volunteer(office, "甲")
    stay_away(browser, wang, staffed(office, wang))
    [message] = to_office(MessageKind.SUBSTITUTE_WANTED)
    with browser.session_transaction() as session:
        session.clear()
    to = browser.visit(message.facts["path"], 303).location
    assert to == f"/account/sign-in?next={message.facts['path']}"


def test_the_order_is_reserve_then_fit_then_rest_then_who_was_asked_least(browser, office):
    shift = plan.shift(plan.project(office), starts=6, places=1)
    names = ("新人", "常问", "少休", "常来", "想做", "有空", "没空", "站住")
    accounts = {name: make.volunteer(office, name) for name in names}
    people = {name: account.person for name, account in accounts.items()}
    served = plan.shift(db.session.get(Shift, shift.id).project, starts=-100)
    plan.place(served, people["常来"])
    plan.place(plan.shift(plan.project(office), starts=2), people["少休"])
    old = plan.shift(plan.project(office), starts=-50)
    with writing():
        need = db.session.get(Need, shift.needs[0].id)
        need.reserve = 1
        db.session.execute(
            person_category.insert().values(
                person_id=people["想做"].id, category_id=served.project.category_id
            )
        )
        hours = {"starts": time.min, "ends": time.max}
        db.session.add(FreeTime(person_id=people["有空"].id, weekday=0, **hours))
        db.session.add(FreeTime(person_id=people["没空"].id, weekday=1, **hours))
        past = Search(
            shift_id=old.id, need_id=old.needs[0].id, goal=1, started_at=make.NOW,
            stopped_at=make.NOW, ended=SearchEnd.NOBODY,
        )  # fmt: skip
        db.session.add(past)
        db.session.flush()
        db.session.add(
            Call(
                search_id=past.id, person_id=people["常问"].id, place=1, state=CallState.LAPSED,
                asked_at=make.NOW - timedelta(days=89), answer_by=make.NOW,
            )
        )  # fmt: skip
    stand_by = Signup(
        shift_id=shift.id, need_id=shift.needs[0].id, person_id=people["站住"].id,
        state=SignupState.RESERVE, made_at=make.NOW, queued_at=make.NOW,
    )  # fmt: skip
    with writing():
        db.session.get(Need, shift.needs[0].id).reserved = 1
        db.session.add(stand_by)
    find(browser, plan.coordinator(office), shift)
    order = []
    while len(order) < len(names):
        order.append(asked()[-1][0])
        answer(browser, accounts[order[-1]], "refusal")
    assert order == ["站住", "常来", "有空", "想做", "新人", "没空", "常问", "少休"]
    assert search().ended is SearchEnd.NOBODY


def test_who_does_not_answer_in_time_is_passed_over(browser, office, wang, clock):
    make.let(office, call_minutes=60)
    make.volunteer(office, "甲")
    make.volunteer(office, "乙")
    shift = staffed(office, wang, starts=10)
    stay_away(browser, wang, shift)
    until = db.session.query(Call).one().answer_by
    assert until == make.NOW + HOUR
    clock.move_to(until - SECOND)
    minute()
    assert asked() == [("甲", "asked")]
    clock.move_to(until)
    minute()
    assert asked() == [("甲", "lapsed"), ("乙", "asked")]


def test_who_answers_late_still_comes_while_the_place_is_free(browser, office, wang, clock):
    first, second = make.volunteer(office, "甲"), make.volunteer(office, "乙")
    shift = staffed(office, wang, starts=10)
    stay_away(browser, wang, shift)
    clock.move_to(make.NOW + 3 * HOUR)
    minute()
    answer(browser, first, "acceptance")
    assert asked() == [("甲", "accepted"), ("乙", "stopped")]
    late = answer(browser, second, "acceptance", status=409)
    assert "Every place on this shift is taken." in late.words
    assert (holders(shift), plan.taken(shift)) == (["甲"], [1])


def test_in_quiet_hours_nobody_is_woken_and_the_time_to_answer_begins_after_them(
    browser, office, wang, clock
):
    make.volunteer(office, "甲")
    shift = staffed(office, wang, starts=25)  # tomorrow at ten in the morning
    clock.move_to(make.hours_later(14))  # eleven at night
    stay_away(browser, wang, shift)
    assert db.session.query(Call).one().answer_by == make.hours_later(23) + 30 * MINUTE
    [deliver] = [job for job in schedule.SCHEDULE if job.name == "messages.deliver"]
    assert schedule.run(deliver, times.now())
    [message] = to_office(MessageKind.SUBSTITUTE_WANTED)
    assert (message.state, message.due_at) == (MessageState.WAITING, make.hours_later(23))


def test_within_two_hours_of_the_start_three_are_asked_at_once(browser, office, wang, clock):
    people = [make.volunteer(office, name) for name in "甲乙丙丁"]
    shift = staffed(office, wang, starts=6)
    clock.move_to(shift.starts_at - 2 * HOUR)
    stay_away(browser, wang, shift)
    assert [name for name, _ in asked()] == ["甲", "乙", "丙"]
    answer(browser, people[2], "acceptance")
    assert [state for _, state in asked()] == ["stopped", "stopped", "accepted"]


def test_when_nobody_is_left_the_office_is_told(browser, office, wang, boss):
    only = make.volunteer(office, "甲")
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    answer(browser, only, "refusal")
    assert search().ended is SearchEnd.NOBODY
    assert [m.facts["ended"] for m in to_office(MessageKind.SEARCH_ENDED)] == ["nobody"]
    assert (
        "Nobody is left to ask"
        in browser.sign_in(boss).visit(f"/shifts/{shift.id}/substitutes").words
    )


@pytest.mark.parametrize("way", ["begun", "called off", "full"])
def test_a_search_stops_with_the_shift_and_when_it_is_full_by_another_way(
    browser, office, wang, boss, clock, way
):
    make.volunteer(office, "甲")
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    ended = {"begun": SearchEnd.BEGUN, "called off": SearchEnd.CALLED_OFF}
    if way == "begun":
        clock.move_to(shift.starts_at)
    elif way == "called off":
        with writing():
            db.session.get(Shift, shift.id).state = ShiftState.CANCELLED
    else:
        other = make.volunteer(office, "乙")
        browser.sign_in(other).send(plan.signup_url(shift))
    minute()
    assert search().ended is ended.get(way, SearchEnd.FILLED)
    assert asked() == [("甲", "lapsed" if way == "begun" else "stopped")]


def test_never_asked_are_who_said_no_who_is_busy_who_stopped_the_messages_and_who_has_no_address(
    browser, office, wang, boss
):
    no, busy, stopped, mute, gone, good = (
        make.volunteer(office, name) for name in ("拒绝", "有班", "不要", "无址", "离开", "可以")
    )
    shift = staffed(office, wang, places=1)
    other = plan.shift(plan.project(office), starts=6)
    plan.place(other, busy.person)
    make.saved(
        Stopped(person_id=stopped.person_id, kind=MessageKind.SUBSTITUTE_WANTED, at=make.NOW)
    )
    with writing():
        db.session.get(type(mute.person), mute.person_id).email = None
        past = plan_search(shift)
        db.session.add(
            Call(
                search_id=past, person_id=no.person_id, place=1, state=CallState.DECLINED,
                asked_at=make.NOW, answer_by=make.NOW,
            )
        )  # fmt: skip
        db.session.add(
            Signup(
                shift_id=shift.id, need_id=shift.needs[0].id, person_id=gone.person_id,
                state=SignupState.REMOVED, made_at=make.NOW, queued_at=make.NOW,
            )
        )  # fmt: skip
    stay_away(browser, wang, shift)
    assert [name for name, state in asked() if state == "asked"] == ["可以"]
    words = browser.sign_in(boss).visit(f"/shifts/{shift.id}/substitutes").words
    assert "It overlaps" in words
    assert "No mail address is known." in words
    answer(browser, good, "refusal")
    assert search().ended is SearchEnd.NOBODY


def plan_search(shift):
    past = Search(
        shift_id=shift.id, need_id=shift.needs[0].id, goal=1, started_at=make.NOW,
        stopped_at=make.NOW, ended=SearchEnd.STOPPED,
    )  # fmt: skip
    db.session.add(past)
    db.session.flush()
    return past.id


def test_one_question_at_a_time_is_put_to_a_person(browser, office, wang, boss):
    make.volunteer(office, "甲")
    first = staffed(office, wang, starts=6)
    stay_away(browser, wang, first)
    second = plan.shift(plan.project(office), starts=12, places=1)
    find(browser, boss, second)
    assert [m.person.name for m in to_office(MessageKind.SUBSTITUTE_WANTED)] == ["甲", "王秀兰"]
    assert asked() == [("甲", "asked"), ("王秀兰", "asked")]


def test_the_coordinator_begins_and_stops_a_search_and_twice_is_once(browser, office, boss):
    first = make.volunteer(office, "甲")
    shift = plan.shift(plan.project(office), places=2)
    for _ in range(2):
        find(browser, boss, shift)
    assert db.session.query(Search).count() == 1
    assert asked() == [("甲", "asked")]
    for _ in range(2):
        browser.send(f"/shifts/searches/{search().id}/stopping")
    assert (search().ended, asked()) == (SearchEnd.STOPPED, [("甲", "stopped")])
    [message] = to_office(MessageKind.SUBSTITUTE_WANTED)
    assert message.state is MessageState.DROPPED
    assert to_office(MessageKind.SEARCH_ENDED) == []
    assert (
        "No longer needed"
        in browser.sign_in(first).visit(f"/shifts/calls/{call_of(first).id}").words
    )


def test_a_search_goes_to_the_least_first_and_asks_for_each_missing_place(browser, office, boss):
    people = [make.volunteer(office, name) for name in "甲乙丙丁"]
    shift = plan.shift(plan.project(office), places=4)
    with writing():
        db.session.get(Need, shift.needs[0].id).least = 2
    find(browser, boss, shift)
    assert [name for name, _ in asked()] == ["甲", "乙"]
    for one in people[:2]:
        answer(browser, one, "acceptance")
    assert search().ended is SearchEnd.FILLED
    assert plan.taken(shift) == [2]
    find(browser, boss, shift)
    assert [name for name, _ in asked()][2:] == ["丙", "丁"]


def test_a_full_position_a_past_shift_and_another_office_are_refused(
    browser, office, wang, boss, clock
):
    full = staffed(office, wang)
    assert "Every place" in find(browser, boss, full, 409).words
    stranger = plan.coordinator(make.office("别处"))
    find(browser, stranger, full, 404)
    empty = plan.shift(plan.project(office), starts=6)
    clock.move_to(empty.starts_at)
    assert "not to come" in find(browser, boss, empty, 409).words


def test_nobody_answers_for_somebody_else(browser, office, wang):
    make.volunteer(office, "甲")
    other = make.volunteer(office, "乙")
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    number = db.session.query(Call).one().id
    browser.sign_in(other).visit(f"/shifts/calls/{number}", status=404)
    browser.send(f"/shifts/calls/{number}/acceptance", status=404)
    assert holders(shift) == []


def test_the_law_is_asked_again_when_somebody_accepts(browser, office, wang):
    first = make.volunteer(office, "甲")
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    plan.place(plan.shift(plan.project(office), starts=6), first.person)
    assert "It overlaps" in answer(browser, first, "acceptance", status=409).words
    assert (holders(shift), asked()) == ([], [("甲", "asked")])


def test_risks_are_read_before_somebody_steps_in_after_signing_up_closed(browser, office, wang):
    make.let(office, closes_minutes=24 * 60)
    first = make.volunteer(office, "甲")
    shift = staffed(office, wang, risky=True, risks="高空")
    stay_away(browser, wang, shift)
    answer(browser, first, "acceptance", status=409)
    answer(browser, first, "acceptance", risks_read="1")
    assert holders(shift) == ["甲"]


def test_who_comes_gives_the_place_up_like_everybody(browser, office, wang):
    first = make.volunteer(office, "甲")
    shift = staffed(office, wang)
    stay_away(browser, wang, shift)
    answer(browser, first, "acceptance")
    assert "You have said that you come." in answer(browser, first, "refusal", status=409).words
    stay_away(browser, first, shift)
    assert holders(shift) == []
    assert search().ended is SearchEnd.NOBODY


def test_a_page_of_many_asks_as_much_as_a_page_of_one(browser, office, boss):
    counts = []
    shift = plan.shift(plan.project(office), places=5)
    for number in range(3):
        make.volunteer(office, f"甲{number}")
        with writing():
            for found in db.session.query(Search).filter(Search.stopped_at.is_(None)):
                found.stopped_at, found.ended = make.NOW, SearchEnd.STOPPED
        find(browser, boss, shift)
        browser.visit(f"/shifts/{shift.id}/substitutes")
        with queries() as sent:
            browser.visit(f"/shifts/{shift.id}/substitutes")
        counts.append(len(sent))
    assert counts[0] == counts[2]
