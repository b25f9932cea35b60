"""Whatever becomes of a place, the mails and the feed of each person say the same as the office."""

from __future__ import annotations

from datetime import timedelta

import bulk
import make
import octets
import plan
import pytest
from test_mails import letters, replay

from talent.access import SYSTEM
from talent.calendars import service as calendars
from talent.calendars.models import CalendarAddress
from talent.db import db, writing
from talent.ical import Feed, calendar
from talent.messages.models import Message, MessageKind, MessageState
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.shifts.invitations import service as invitations
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.moves import service as moves
from talent.shifts.passing.models import Handover


@pytest.fixture
def office(app, clock):
    return make.office()


@pytest.fixture
def wang(office):
    return make.volunteer(office, "王秀兰")


@pytest.fixture
def li(office):
    return make.volunteer(office, "李建国")


def held(person):
    """What the office knows: position and place of each shift on which the person has a place."""
    db.session.rollback()
    query = db.session.query(Signup).filter_by(person_id=person.id, state=SignupState.CONFIRMED)
    return sorted(
        (f"signup-{one.id}@localhost", one.need.position.name, one.shift.where)
        for one in query
        if one.shift.state is ShiftState.PUBLISHED
    )


def _standing(events):
    return sorted(
        (e["UID"], e["SUMMARY"].partition(" · ")[2], e["LOCATION"])
        for e in events
        if e["STATUS"] == "CONFIRMED"
    )


def agree(*accounts, now=make.NOW):
    """The mails read in their order, and the feed, against what stands."""
    for account in accounts:
        mine = [each for each in letters() if each[1]["To"] == account.person.email]
        store = replay(mine)
        expected = held(account.person)
        assert _standing(store.values()) == expected
        address = CalendarAddress(
            person_id=account.person_id, token="x", language="zh", made_at=now
        )
        entries = calendars.entries_of(address, host="http://localhost", now=now)
        feed = octets.events(calendar(entries, Feed("x", "http://localhost", timedelta(hours=1))))
        assert _standing(feed) == expected
        read = {e["UID"]: (int(e["SEQUENCE"]), e["STATUS"] == "CANCELLED") for e in feed}
        for uid, e in store.items():
            assert read[uid] >= (int(e["SEQUENCE"]), e["STATUS"] == "CANCELLED"), uid


def test_moved_from_position_to_position_and_back_and_again(browser, office, wang):
    shift = plan.shift(plan.project(office, positions=("送餐员", "分餐员")), 72, places=(2, 2))
    browser.sign_in(wang).send(plan.signup_url(shift))
    agree(wang)
    one = db.session.query(Signup).one().id
    first, second = [need.id for need in db.session.get(Shift, shift.id).needs]
    for minutes, need in enumerate((second, first, second, first), start=1):
        now = make.NOW + timedelta(minutes=minutes)
        with writing():
            there = db.session.get(Need, need)
            moves.move(db.session.get(Signup, one), there, actor=SYSTEM, now=now)
        agree(wang)


def test_who_waits_and_is_moved_to_a_free_position_is_told_once(browser, office, wang, li):
    shift = plan.shift(plan.project(office, positions=("送餐员", "分餐员")), 72, places=(1, 1))
    browser.sign_in(li).send(plan.signup_url(shift))
    one = plan.place(shift, wang.person, state=SignupState.WAITING).id
    with writing():
        there = db.session.get(Shift, shift.id).needs[1]
        moves.move(db.session.get(Signup, one), there, actor=SYSTEM, now=make.NOW)
    agree(wang, li)
    told = [kind for kind, mail, _ in letters() if mail["To"] == wang.person.email]
    assert told == ["signed_up"]


@pytest.mark.parametrize("mode", ["free", "approved"])
def test_handed_on_and_exchanged(browser, office, wang, li, mode):
    make.let(office, stand_ins=mode)
    project = plan.project(office)
    shift, other = plan.shift(project, 72), plan.shift(project, 100)
    browser.sign_in(wang).send(plan.signup_url(shift))
    browser.sign_in(li).send(plan.signup_url(other))
    boss = plan.coordinator(office)
    for whom, back in ((li, None), (wang, None), (li, other)):
        giver = wang if whom is li else li
        if back:
            browser.sign_in(wang)
        number = whom.person.volunteer_no
        fields = {"whom": "number", "number": number} | ({"wanted": back.id} if back else {})
        browser.sign_in(giver).send(f"/shifts/{shift.id}/handover", **fields)
        agree(wang, li)
        db.session.rollback()
        newest = db.session.query(Handover).order_by(Handover.id.desc()).first().id
        browser.sign_in(whom).send(f"/shifts/handovers/{newest}/acceptance")
        agree(wang, li)
        if mode == "approved":
            browser.sign_in(boss).send(f"/shifts/handovers/{newest}/approval")
        agree(wang, li)
    assert len(held(wang.person)) == len(held(li.person)) == 1
    assert held(wang.person)[0][0] != held(li.person)[0][0]


def test_offered_accepted_declined_and_lapsed(browser, office, wang, li, clock):
    make.let(office, waiting_mode="offer")
    shift = plan.shift(plan.project(office), 72, places=1)
    zhao = make.volunteer(office, "赵敏")
    browser.sign_in(wang).send(plan.signup_url(shift))
    for account in (li, zhao):
        browser.sign_in(account).send(f"/shifts/{shift.id}/waiting", need=shift.needs[0].id)
    browser.sign_in(wang).send(f"/shifts/{shift.id}/cancellation")
    agree(wang, li, zhao)
    browser.sign_in(li).send(f"/shifts/{shift.id}/offer/refusal")
    agree(wang, li, zhao)
    browser.sign_in(zhao).send(f"/shifts/{shift.id}/offer/acceptance")
    assert len(held(zhao.person)) == 1
    agree(wang, li, zhao)


def test_called_off_and_taken_back_and_called_off_again(browser, office, wang, li, clock):
    shift = plan.shift(plan.project(office), 72)
    for account in (wang, li):
        browser.sign_in(account).send(plan.signup_url(shift))
    boss = browser.sign_in(plan.coordinator(office))
    day = str(shift.day)
    fields = {"office": office.id, "project": "", "first": day, "last": "", "reason": "台风"}
    for minutes in (1, 3, 5):
        clock.move_to(make.NOW + timedelta(minutes=minutes))
        bulk.do(boss, "/shifts/closures/new", **fields)
        agree(wang, li)
        assert held(wang.person) == []
        if minutes == 1:  # the mail to one of them is out
            with writing():
                told = db.session.query(Message).filter_by(kind=MessageKind.SHIFT_CANCELLED)
                out = told.order_by(Message.id).first()
                out.state = MessageState.SENT
        clock.move_to(make.NOW + timedelta(minutes=minutes + 1))
        bulk.undo(boss)
        agree(wang, li)
        assert len(held(wang.person)) == 1


def test_given_up_and_taken_again(browser, office, wang):
    shift = plan.shift(plan.project(office), 72)
    browser.sign_in(wang).send(plan.signup_url(shift))
    for _ in range(2):
        browser.send(f"/shifts/{shift.id}/cancellation")
        agree(wang)
        browser.send(plan.signup_url(shift))
        agree(wang)


def test_a_newcomer_has_the_event_when_the_office_has_decided(browser, office, wang):
    shift = plan.shift(plan.project(office), 72)
    with writing():
        one = db.session.query(Registration).filter_by(person_id=wang.person_id).one()
        one.state = RegistrationState.APPLIED
        db.session.get(Shift, shift.id).invite_token = "t" * 32
    terms = {"need": shift.needs[0].id, "person": wang.person_id}
    browser.sign_in(wang).send(f"/shifts/invited/{'t' * 32}/signup", **terms)
    agree(wang)
    assert held(wang.person) == []
    with writing():
        db.session.get(Registration, one.id).state = RegistrationState.ACTIVE
    with writing():
        invitations.settle(make.NOW)
    assert len(held(wang.person)) == 1
    agree(wang)
