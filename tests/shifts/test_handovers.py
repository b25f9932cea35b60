"""A place is handed on to one person, free or approved, without being empty for a moment."""

from datetime import timedelta

import make
import plan
import pytest
from counting import queries
from handing import answer, full, hand_on, handover, holders, settle, told
from sqlalchemy import event, select

from talent.db import db, reading, writing
from talent.messages.models import MessageKind
from talent.rules.handovers import HandoverState
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Position, Requirement, Shift, ShiftState
from talent.shifts.passing.models import Handover
from talent.training.models import CredentialKind

pytestmark = pytest.mark.usefixtures("clock", "free")
SECOND = timedelta(seconds=1)


def test_a_named_person_takes_over_at_once_where_the_office_lets_people_free(
    browser, office, wang, li
):
    shift = full(office, wang)
    page = hand_on(browser, wang, shift, li)
    assert holders(shift) == ["王秀兰"]
    assert told(MessageKind.HANDOVER_ASKED) == [("李建国", None)]
    listed = browser.sign_in(li).visit("/shifts/handovers").words
    assert "A place is handed on by 王*: take it" in listed
    assert "王秀兰" not in listed
    shown = browser.visit(page.location).words
    assert "Take over the place" in shown
    assert "王秀兰" not in shown
    answer(browser, li, "acceptance")
    assert holders(shift) == ["李建国"]
    assert plan.taken(shift) == [1]
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "done")]
    assert told(MessageKind.SIGNED_UP) == [("李建国", None)]
    assert "has taken over" not in browser.sign_in(wang).visit("/shifts/mine").words


def test_a_second_click_changes_nothing(browser, office, wang, li):
    shift = full(office, wang)
    for _ in range(2):
        hand_on(browser, wang, shift, li)
    assert db.session.query(Handover).count() == 1
    for _ in range(2):
        answer(browser, li, "acceptance")
    assert (plan.states(shift), plan.taken(shift)) == ({"cancelled": 1, "confirmed": 1}, [1])
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "done")]


def test_with_approval_the_giver_keeps_the_place_until_the_office_says_yes(
    browser, office, wang, li
):
    make.let(office, stand_ins="approved")
    boss = plan.coordinator(office)
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    answer(browser, boss, "approval", status=409)
    answer(browser, li, "acceptance")
    assert holders(shift) == ["王秀兰"]
    assert told(MessageKind.HANDOVER_WAITS) == [("office", None)]
    assert "王秀兰 → 李建国" in browser.sign_in(boss).visit("/shifts/handovers/approvals").words
    for _ in range(2):
        answer(browser, boss, "approval")
    assert (holders(shift), plan.taken(shift)) == (["李建国"], [1])
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "accepted"), ("王秀兰", "done")]


def test_what_the_office_does_not_approve_stays_and_both_are_told_why(browser, office, wang, li):
    make.let(office, stand_ins="approved")
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    answer(browser, li, "acceptance")
    boss = plan.coordinator(office)
    assert "Please fill in this field." in answer(browser, boss, "rejection", 422).words
    answer(browser, boss, "rejection", why="李建国周日有培训")
    assert holders(shift) == ["王秀兰"]
    assert told(MessageKind.HANDOVER_ANSWERED)[1:] == [("王秀兰", "refused"), ("李建国", "refused")]
    answer(browser, boss, "approval", status=409)
    hand_on(browser, wang, shift, li)  # it may be tried again


def test_where_it_is_off_it_is_refused_with_the_sentence(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    make.let(office, stand_ins="off")
    said = "This office does not have places handed on."
    assert said in answer(browser, li, "acceptance", status=409).words
    answer(browser, wang, "withdrawal")
    assert said in browser.visit(f"/shifts/{shift.id}/handover").words
    assert said in hand_on(browser, wang, shift, li, status=422).words
    assert holders(shift) == ["王秀兰"]


def test_the_law_is_asked_of_the_receiver_at_the_offer_and_again_at_the_acceptance(
    browser, office, wang, li
):
    shift = full(office, wang)
    other = plan.shift(plan.project(office, "另一个"))
    plan.place(other, li.person)
    page = hand_on(browser, wang, shift, li, status=422)
    assert "Nobody who could take the place is found so." in page.words
    assert "overlaps" not in page.words  # what keeps him is his own affair
    unknown = hand_on(browser, wang, shift, "V9999999", status=422)
    assert "Nobody who could take the place is found so." in unknown.words
    with writing():
        db.session.get(Shift, other.id).state = ShiftState.CANCELLED
    hand_on(browser, wang, shift, li)
    with writing():
        db.session.get(Shift, other.id).state = ShiftState.PUBLISHED
    told_why = answer(browser, li, "acceptance", status=409).words
    assert "It overlaps" in told_why
    assert (holders(shift), plan.taken(shift)) == (["王秀兰"], [1])


def test_a_credential_that_is_missing_keeps_the_place_where_it_is(browser, office, wang, li):
    kind = make.saved(CredentialKind(code="aid", name_zh="急救证", name_en="First aid"))
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    position = db.session.query(Position).order_by(Position.id).first()
    make.saved(Requirement(position_id=position.id, credential_kind_id=kind.id))
    assert "First aid" in answer(browser, li, "acceptance", status=409).words
    assert (holders(shift), plan.taken(shift)) == (["王秀兰"], [1])


def test_the_risks_are_read_before_a_risky_place_is_taken_over(browser, office, wang, li):
    shift = plan.shift(plan.project(office, risky=True, risks="高空"), places=1)
    plan.place(shift, wang.person)
    hand_on(browser, wang, shift, li)
    assert "risks" in answer(browser, li, "acceptance", status=409).words
    answer(browser, li, "acceptance", risks_read="1")
    assert holders(shift) == ["李建国"]


def test_a_place_is_handed_on_after_the_deadline_and_until_the_start(
    browser, office, wang, li, clock
):
    shift = full(office, wang)
    clock.move_to(shift.starts_at - SECOND)
    hand_on(browser, wang, shift, li)
    clock.move_to(shift.starts_at)
    assert "This shift began at" in answer(browser, li, "acceptance", status=409).words
    settle()
    assert handover().state is HandoverState.LAPSED
    assert holders(shift) == ["王秀兰"]
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "lapsed"), ("李建国", "lapsed")]


def test_it_is_done_in_the_last_second_also_after_signing_up_closed(
    browser, office, wang, li, clock
):
    make.let(office, closes_minutes=24 * 60)
    shift = full(office, wang)
    clock.move_to(shift.starts_at - SECOND)
    hand_on(browser, wang, shift, li)
    answer(browser, li, "acceptance")
    assert holders(shift) == ["李建国"]


def test_who_takes_over_a_place_leaves_the_one_that_was_kept_for_him_to_the_next(
    browser, office, wang, li
):
    zhao = make.volunteer(office, "赵云")
    shift = full(office, wang, places=2)
    plan.place(shift, li.person, state=SignupState.OFFERED)
    plan.place(shift, zhao.person, state=SignupState.WAITING)
    hand_on(browser, wang, shift, li)
    answer(browser, li, "acceptance")
    assert holders(shift) == ["李建国", "赵云"]


def test_who_gives_up_the_place_meanwhile_has_nothing_to_hand_on(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    browser.send(f"/shifts/{shift.id}/cancellation")
    assert "There is no place on this shift" in answer(browser, li, "acceptance", status=409).words
    settle()
    assert handover().state is HandoverState.VOID
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "void"), ("李建国", "void")]


def test_a_shift_that_is_called_off_takes_its_hand_overs_along(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    with writing():
        db.session.get(Shift, shift.id).state = ShiftState.CANCELLED
    answer(browser, li, "acceptance", status=409)
    settle()
    assert handover().state is HandoverState.VOID


def test_a_no_ends_it_and_a_withdrawal_too_once_and_for_all(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    for _ in range(2):
        answer(browser, li, "refusal")
    assert told(MessageKind.HANDOVER_ANSWERED) == [("王秀兰", "declined")]
    answer(browser, li, "acceptance", status=409)
    hand_on(browser, wang, shift, li)
    for _ in range(2):
        answer(browser, wang, "withdrawal")
    answer(browser, li, "acceptance", status=409)
    assert told(MessageKind.HANDOVER_ANSWERED)[1:] == [("李建国", "withdrawn")]
    assert holders(shift) == ["王秀兰"]


def test_one_place_is_offered_once_at_a_time(browser, office, wang, li):
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    page = hand_on(browser, wang, shift, status=422)
    assert "This place is being handed on already." in page.words


def test_a_colleague_is_chosen_by_a_masked_name_and_nobody_else_is_listed(browser, office, wang):
    colleague, stranger = make.volunteer(office, "李建国"), make.volunteer(office, "赵云")
    project = plan.project(office)
    past = plan.shift(project, starts=-48)
    for one in (wang, colleague):
        plan.place(past, one.person)
    plan.place(plan.shift(plan.project(office), starts=-48), stranger.person)
    shift = plan.shift(project, places=1)
    plan.place(shift, wang.person)
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}/handover")
    options = page.said("option")
    assert "李*" in options
    assert not [o for o in options if "赵" in o or "建国" in o]
    browser.send(f"/shifts/{shift.id}/handover", whom="colleague", colleague=colleague.person_id)
    assert handover().receiver_id == colleague.person_id
    answer(browser, wang, "withdrawal")
    browser.send(
        f"/shifts/{shift.id}/handover", status=422, whom="colleague", colleague=stranger.person_id
    )


def test_a_hand_over_to_somebody_else_is_not_seen(browser, office, wang, li):
    hand_on(browser, wang, full(office, wang), li)
    zhao = make.volunteer(office, "赵云")
    browser.sign_in(zhao).visit(f"/shifts/handovers/{handover().id}", status=404)
    answer(browser, zhao, "acceptance", status=404)
    assert "王" not in browser.visit("/shifts/handovers").words
    elsewhere = make.office("别处")
    answer(browser, plan.coordinator(elsewhere), "approval", status=404)


def test_nobody_else_withdraws_or_takes_ones_own(browser, office, wang, li):
    hand_on(browser, wang, full(office, wang))
    answer(browser, li, "withdrawal", status=404)
    answer(browser, wang, "acceptance", status=409)


def test_the_place_is_never_empty_in_between(browser, office, wang, li):
    """A reader on another connection looks after each statement: one place is taken, always."""
    shift = full(office, wang)
    hand_on(browser, wang, shift, li)
    query = select(Need.taken).where(Need.shift_id == shift.id)
    seen, looking = [], []

    def look(*_words):
        if looking:
            return
        looking.append(True)
        token = reading.set(True)
        with db.engine.connect() as other:
            seen.append(other.scalar(query))
        reading.reset(token)
        looking.clear()

    event.listen(db.engine, "after_cursor_execute", look)
    try:
        answer(browser, li, "acceptance")
    finally:
        event.remove(db.engine, "after_cursor_execute", look)
    assert len(seen) > 20
    assert set(seen) == {1}
    assert holders(shift) == ["李建国"]


def test_many_offers_are_listed_with_as_many_questions_as_one(browser, office, li):
    counts = []
    for number in range(3):
        giver = make.volunteer(office, f"王{number}")
        hand_on(browser, giver, full(office, giver, starts=48 + 24 * number))
        browser.sign_in(li).visit("/shifts/handovers")
        with queries() as sent:
            browser.visit("/shifts/handovers")
        counts.append(len(sent))
    assert counts[0] == counts[2]


def test_to_whom_is_said_outright_and_a_name_beside_all_is_asked_about(browser, office, wang, li):
    shift = full(office, wang)
    url, number = f"/shifts/{shift.id}/handover", li.person.volunteer_no
    page = browser.sign_in(wang).send(url, status=422, number=number)
    assert "Please choose one." in page.words
    page = browser.send(url, status=422, whom="all", number=number)
    assert "One person is named below." in page.words
    assert handover() is None


def test_what_waits_for_the_office_stands_on_its_first_page(browser, office, wang, li):
    make.let(office, stand_ins="approved")
    hand_on(browser, wang, full(office, wang), li)
    answer(browser, li, "acceptance")
    page = browser.sign_in(plan.coordinator(office)).visit("/")
    assert "1 Places handed on, to approve" in page.words or "to approve 1" in page.words
    stranger = browser.sign_in(plan.coordinator(make.office("别处"))).visit("/")
    assert stranger.text.count("/shifts/handovers/approvals") == 1
