"""The queue of an office: an application is taken, referred, talked about and answered."""

from __future__ import annotations

from datetime import UTC, datetime

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.errors import NotFound
from talent.messages import jobs
from talent.messages.models import Message, MessageKind, MessageState
from talent.messages.service import tell_applications
from talent.offices.models import OfficeKind
from talent.people import service as people
from talent.people.applications import service as queue
from talent.people.models import Registration, RegistrationState
from talent.people.registrations import service as registering
from talent.people.steps.models import Interview, RegistrationStep

APPLIED = RegistrationState.APPLIED


@pytest.fixture
def here(app, clock):
    return make.office("春风社区")


@pytest.fixture
def there(app):
    return make.office("夏荷社区")


@pytest.fixture
def clerk(browser, here):
    browser.account = make.account(Role.COORDINATOR, here, name="李姐")
    return browser.sign_in(browser.account)


def applied(office, name="王秀兰"):
    person = make.person(name, at=office, state=APPLIED)
    row = db.session.query(Registration).filter_by(person_id=person.id).one()
    return row, f"/people/registrations/{row.id}"


def fresh(row):
    db.session.rollback()
    return db.session.get(type(row), row.id)


def steps():
    db.session.rollback()
    return [row.kind.value for row in db.session.query(RegistrationStep).order_by("id")]


def told():
    with writing():
        tell_applications(now=make.NOW)
    return db.session.query(Message).order_by(Message.id).all()


def written(message):
    """The plain text of the letter."""
    return jobs.write(message, make.NOW).mail.get_body(("plain",)).get_content()


def interview(**more):
    begins = more.pop("starts_at", "2026-06-03T10:00")
    return {"starts_at": begins, "minutes": 30, "way": "in_person", "place": "二楼 201", **more}


def test_an_application_is_taken_seen_as_taken_and_put_back(clerk, here, browser):
    row, url = applied(here)
    browser.send(f"{url}/taking")
    assert fresh(row).taken_by == browser.account.id
    assert "李姐" in browser.visit("/people/applications").words
    other = make.account(Role.COORDINATOR, here, name="张哥")
    refused = browser.sign_in(other).send(f"{url}/taking", status=409)
    assert "李姐 has taken this application." in refused.words
    browser.send(f"{url}/release")
    browser.send(f"{url}/taking")
    assert fresh(row).taken_by == other.id
    assert steps() == ["taken", "released", "taken"]
    browser.send(f"{url}/taking")  # twice is as once
    assert steps() == ["taken", "released", "taken"]


def test_the_queue_shows_mine_and_nobodys(clerk, here, there, browser):
    _mine, url = applied(here, "王一")
    applied(here, "王二")
    applied(there, "王三")
    browser.send(f"{url}/taking")

    def shown(query):
        words = browser.visit(f"/people/applications{query}").words
        return [name for name in ("王一", "王二", "王三") if name in words]

    assert shown("") == ["王一", "王二"]
    assert shown("?whose=mine") == ["王一"]
    assert shown("?whose=free") == ["王二"]
    assert shown(f"?office={there.id}") == []
    assert shown(f"?office={here.id}&whose=free") == ["王二"]


def test_an_answer_lets_it_go_and_every_step_is_shown(clerk, here, browser):
    row, url = applied(here)
    browser.send(f"{url}/taking")
    browser.send(f"{url}/return", reason="请补充电话")
    assert (fresh(row).state, fresh(row).taken_by) == (RegistrationState.RETURNED, None)
    words = browser.visit(url).words
    assert "Taken by a clerk" in words
    assert "请补充电话" in words
    browser.send(f"{url}/taking", status=409)
    assert steps() == ["taken", "returned"]


def test_a_referral_moves_it_to_the_other_office_and_the_person_is_told(
    clerk, here, there, browser
):
    row, url = applied(here)
    browser.send(f"{url}/taking")
    assert browser.send(f"{url}/referral", status=422, office=there.id).all("p", id="why-error")
    browser.send(f"{url}/referral", office=there.id, why="住得近")
    moved = fresh(row)
    assert (moved.office_id, moved.state, moved.taken_by) == (there.id, APPLIED, None)
    browser.visit(url, status=404)
    browser.sign_in(make.account(Role.COORDINATOR, there))
    words = browser.visit(url).words
    assert "Referred to another office" in words
    assert "住得近" in words
    assert browser.visit(f"/people/{row.person_id}")
    (message,) = told()
    assert (message.kind, message.office_id) == (MessageKind.APPLICATION_REFERRED, there.id)
    assert told() == [message]
    letter = written(message)
    assert "夏荷社区" in letter
    assert "住得近" in letter


def test_nobody_is_referred_to_where_he_is_or_where_nobody_registers(clerk, here, there, browser):
    row, url = applied(here)
    station = make.office("社工站", kind=OfficeKind.STATION)
    make.saved(
        Registration(
            person_id=row.person_id, office_id=there.id, state=RegistrationState.LEFT,
            applied_at=make.NOW,
        )
    )  # fmt: skip
    for office in (here, station):
        page = browser.send(f"{url}/referral", status=422, office=office.id, why="近")
        assert page.all("p", id="office-error")
    page = browser.send(f"{url}/referral", status=422, office=there.id, why="近")
    assert "registered or has applied at that office already" in page.words
    assert fresh(row).office_id == here.id


def test_an_invitation_goes_out_with_an_entry_for_the_calendar(clerk, here, browser):
    row, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    (message,) = told()
    assert message.kind is MessageKind.INTERVIEW_INVITED
    mail = jobs.write(message, make.NOW).mail
    assert "二楼 201" in mail.get_body(("plain",)).get_content()
    entry = next(p for p in mail.walk() if p.get_content_type() == "text/calendar").get_content()
    assert "METHOD:REQUEST" in entry
    assert "DTSTART:20260603T020000Z" in entry
    assert "DTEND:20260603T023000Z" in entry
    assert "3 Jun 2026" in browser.visit(url).words
    account = make.account(Role.VOLUNTEER, here, person=row.person)
    assert "二楼 201" in browser.sign_in(account).visit("/people/me").words


def test_an_interview_called_off_is_told_and_its_invitation_held_back(clerk, here, browser):
    _row, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    told()
    talk = db.session.query(Interview).one()
    browser.send(f"/people/interviews/{talk.id}", state="called_off", result="停电")
    invited, off = told()
    assert (invited.state, off.kind) == (MessageState.DROPPED, MessageKind.INTERVIEW_OFF)
    assert "停电" in written(off)
    assert steps() == ["invited", "called_off"]


def test_the_result_is_noted_once_the_talk_has_begun(clerk, here, browser, clock):
    _row, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    talk = db.session.query(Interview).one()
    page = f"/people/interviews/{talk.id}"
    early = browser.send(page, status=422, state="held", result="很好")
    assert early.all("p", id="state-error")
    assert "很好" in early.text
    clock.move_to(talk.starts_at)
    browser.sign_in(browser.account)
    browser.send(page, state="held", result="很好")
    assert "很好" in browser.visit(url).words
    assert "on record already" in browser.send(page, status=422, state="missed").words
    assert steps() == ["invited", "held"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2026-05-30T10:00"),
        ("starts_at", "2027-06-03T10:00"),
        ("starts_at", "morgen"),
        ("minutes", "2"),
        ("minutes", "viele"),
        ("place", ""),
        ("way", "telepathy"),
    ],
)
def test_an_impossible_interview_is_said_beside_the_field(clerk, here, browser, field, value):
    _row, url = applied(here)
    page = browser.send(f"{url}/interviews/new", status=422, **interview(**{field: value}))
    assert page.all("p", id=f"{field}-error")
    assert db.session.query(Interview).count() == 0


def test_with_a_referral_coming_interviews_are_off(clerk, here, there, browser):
    _row, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    browser.send(f"{url}/referral", office=there.id, why="近")
    db.session.rollback()
    assert db.session.query(Interview).one().state.value == "called_off"


def test_another_office_sees_and_does_nothing(clerk, here, there, browser):
    row, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    talk = db.session.query(Interview).one()
    browser.sign_in(make.account(Role.MANAGER, there))
    browser.visit(url, status=404)
    browser.visit(f"/people/interviews/{talk.id}", status=404)
    for act in ("taking", "release", "referral", "interviews/new", "approval", "return"):
        browser.send(f"{url}/{act}", status=404, office=there.id, why="x", reason="x")
    browser.sign_in(make.account(Role.AUDITOR, here)).visit(url, status=403)
    assert fresh(row).taken_by is None


def test_a_longer_queue_asks_no_more_questions(clerk, here, browser):
    applied(here, "王一")
    with queries() as one:
        browser.visit("/people/applications")
    for name in ("王二", "王三"):
        _row, url = applied(here, name)
        browser.send(f"{url}/taking")
        browser.send(f"{url}/interviews/new", **interview())
    with queries() as three:
        browser.visit("/people/applications")
    assert len(three) <= len(one) + 1  # who took them is asked once for all


def test_who_is_referred_is_known_to_both_offices(clerk, here, there, browser):
    row, url = applied(here)
    browser.send(f"{url}/referral", office=there.id, why="近")
    db.session.rollback()
    assert {o.id for o in people.offices_at(row.person_id)} == {there.id}


@pytest.mark.parametrize("act", [
    lambda row, me: queue.take(row, actor=me, now=make.NOW),
    lambda row, me: queue.put_back(row, actor=me, now=make.NOW),
    lambda row, me: registering.move(row, RegistrationState.ACTIVE, actor=me, now=make.NOW),
], ids=["take", "put back", "move"])  # fmt: skip
def test_who_waited_while_it_was_referred_finds_it_gone(here, there, act):
    row, _ = applied(here)
    me = make.account(Role.COORDINATOR, here).actor
    with writing():
        mine = db.session.get(Registration, row.id)  # as it was when the door was opened
        table = Registration.__table__
        db.session.execute(table.update().values(office_id=there.id, taken_by=me.account_id))
        with pytest.raises(NotFound):
            act(mine, me)


def test_what_became_of_an_interview_is_for_the_office_that_has_the_application_now(
    clerk, here, there, browser, clock
):
    _, url = applied(here)
    browser.send(f"{url}/interviews/new", **interview())
    talk = db.session.query(Interview).one().id
    clock.move_to(datetime(2026, 6, 3, 3, 0, tzinfo=UTC))
    browser.sign_in(browser.account)
    browser.send(f"{url}/referral", office=there.id, why="住在那边")
    browser.visit(f"/people/interviews/{talk}", status=404)
    browser.send(f"/people/interviews/{talk}", status=404, state="missed", result="")
    browser.sign_in(make.account(Role.COORDINATOR, there))
    browser.visit(url)
    browser.send(f"/people/interviews/{talk}", state="missed", result="")
