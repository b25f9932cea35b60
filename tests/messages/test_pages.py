"""What the office and the reader see of messages."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.messages import outbox, service
from talent.messages.models import JobRun, Message, MessageKind, MessageState, Stopped, Trouble

LAPSES, CORRECTED = MessageKind.CREDENTIAL_LAPSES, MessageKind.HOURS_CORRECTED


@pytest.fixture
def office(app, clock):
    return make.office()


@pytest.fixture
def coordinator(office):
    return make.account(Role.COORDINATOR, office)


def told(person, office, once="1", kind=CORRECTED, **more):
    with writing():
        return service.tell(
            kind, once=once, now=make.NOW, person=person, office_id=office.id, **more
        )


def handed(person, office, once="1"):
    number = told(person, office, once)
    with writing():
        outbox.claim("dead", now=make.NOW - timedelta(hours=0), most=9)
    with writing():
        outbox.hand(number, "dead", now=make.NOW)
    return number


def row(number):
    db.session.rollback()
    return db.session.get(Message, number, populate_existing=True)


def test_what_is_in_trouble_stands_on_top_with_its_cause(browser, clock, office, coordinator):
    told(make.person(name="李无邮", at=office, email=None), office, "1")
    handed(make.person(name="赵存疑", at=office), office, "2")
    told(make.person(name="孙正常", at=office), office, "3", due_at=make.NOW + timedelta(days=1))
    clock.move_to(make.NOW + timedelta(hours=1))

    page = browser.sign_in(coordinator).visit("/messages/")

    [trouble] = page.said("section", id="trouble")
    assert "李无邮" in trouble
    assert "No mail address is known." in trouble
    assert "赵存疑" in trouble
    assert "Handed over, not confirmed" in trouble
    assert "孙正常" not in trouble
    assert "孙正常" in page.words


def test_a_doubtful_message_is_sent_again_by_hand_and_leaves_a_trace(
    browser, clock, office, coordinator
):
    number = handed(make.person(at=office), office)
    clock.move_to(make.NOW + timedelta(hours=1))

    browser.sign_in(coordinator).send(f"/messages/{number}/again")

    message = row(number)
    assert (message.state, message.trouble, message.tries) == (MessageState.WAITING, None, 0)
    browser.send(f"/messages/{number}/again", status=409)
    trace = "SELECT act FROM audit_entry"
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(trace).scalars().all() == ["message.resent"]


def test_for_htmx_the_message_itself_is_the_answer(browser, clock, office, coordinator):
    number = handed(make.person(at=office), office)
    clock.move_to(make.NOW + timedelta(hours=1))

    page = browser.sign_in(coordinator).send(f"/messages/{number}/again", 200, htmx=True)

    assert len(page.all("li", id=f"message-{number}")) == 1
    assert "will be sent again" in page.words
    assert not page.all("form")


def test_after_the_address_was_corrected_the_message_goes_to_the_new_one(
    browser, clock, office, coordinator
):
    person = make.person(at=office, email=None)
    number = told(person, office)
    browser.sign_in(coordinator).send(f"/messages/{number}/again", status=409)
    with writing():
        db.session.get(type(person), person.id).email = "new@example.org"

    browser.send(f"/messages/{number}/again")

    assert row(number).address == "new@example.org"
    assert row(number).state is MessageState.WAITING


def test_what_would_come_too_late_is_not_sent_again(browser, clock, office, coordinator):
    number = told(make.person(at=office, email=None), office, useless_after=make.NOW)

    page = browser.sign_in(coordinator).send(f"/messages/{number}/again", status=409)

    assert "too late" in page.words


def test_another_office_sees_nothing_and_may_do_nothing(browser, clock, office):
    number = told(make.person(name="外人不见", at=office, email=None), office)
    stranger = make.account(Role.MANAGER, make.office())

    page = browser.sign_in(stranger).visit("/messages/")
    browser.send(f"/messages/{number}/again", status=404)

    assert "外人不见" not in page.words


def test_an_auditor_reads_and_sends_nothing(browser, clock, office):
    number = told(make.person(name="李无邮", at=office, email=None), office)
    auditor = make.account(Role.AUDITOR, office)

    page = browser.sign_in(auditor).visit("/messages/")
    browser.send(f"/messages/{number}/again", status=403)

    assert "李无邮" in page.words
    assert not page.all("form", action=f"/messages/{number}/again")


def test_a_message_without_an_office_is_seen_where_the_person_is_known(
    browser, clock, office, coordinator
):
    person = make.person(name="王重置", at=office, email=None)
    with writing():
        service.tell(MessageKind.PASSWORD_RESET, once="1", now=make.NOW, person=person, secret="x")

    assert "王重置" in browser.sign_in(coordinator).visit("/messages/").words
    other = make.account(Role.COORDINATOR, make.office())
    assert "王重置" not in browser.sign_in(other).visit("/messages/").words


def test_the_list_is_filtered_by_state_and_kind(browser, clock, office, coordinator):
    told(make.person(name="甲", at=office), office, "1")
    told(make.person(name="乙", at=office), office, "2", kind=LAPSES)
    browser.sign_in(coordinator)

    by_kind = browser.visit("/messages/?kind=credential_lapses").said("div", id="results")[0]
    by_state = browser.visit("/messages/?state=sent").said("div", id="results")[0]
    browser.visit("/messages/?state=nonsense&kind=nonsense&after=nonsense")

    assert "乙" in by_kind
    assert "甲" not in by_kind
    assert "No messages" in by_state


def test_a_long_list_is_read_page_by_page_and_nothing_is_lost(browser, clock, office, coordinator):
    person = make.person(at=office)
    numbers = {told(person, office, str(n)) for n in range(service.PAGE + 3)}
    seen, url = set(), "/messages/"
    browser.sign_in(coordinator)
    while url:
        page = browser.visit(url)
        shown = {e.get("id") for e in page.all("li") if (e.get("id") or "").startswith("message-")}
        assert not seen & shown
        seen |= shown
        following = page.all("a", rel="next")
        url = following[0].get("href") if following else None

    assert seen == {f"message-{n}" for n in numbers}


def test_the_list_takes_the_same_number_of_queries_with_one_row_and_with_three(
    browser, clock, office, coordinator
):
    browser.sign_in(coordinator).visit("/messages/")
    counted = []
    for n in (1, 2, 3):
        told(make.person(at=office), make.office(parent=office), f"w{n}")
        told(make.person(at=office, email=None), make.office(parent=office), f"d{n}")
        with queries() as sent:
            browser.visit("/messages/")
        counted.append(len(sent))

    assert counted[0] == counted[2]


def test_the_office_sees_whether_the_timed_work_runs(browser, clock, office, coordinator):
    browser.sign_in(coordinator)
    assert "The timed work stands still" in browser.visit("/messages/").words

    make.saved(JobRun(name="messages.deliver", started_at=make.NOW, result="3 sent"))
    page = browser.visit("/messages/")
    assert "The timed work stands still" not in page.words
    assert page.said("a", href="/operation/") == ["Queues and timed work"]

    clock.move_to(make.NOW + timedelta(minutes=6))
    assert "The timed work stands still" in browser.visit("/messages/").words


def test_one_click_stops_a_kind_without_cookie_session_or_token(app, clock, office):
    person = make.person(at=office)
    waiting = told(person, office, kind=LAPSES)
    stranger = app.test_client(use_cookies=False)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        url = f"/messages/stop/{service.stop_token(person.id, LAPSES)}"
        answer = stranger.post(url, data={"List-Unsubscribe": "One-Click"})
        again = stranger.post(url, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert (answer.status_code, again.status_code) == (200, 200)
    assert service.stopped(person.id) == {LAPSES}
    assert row(waiting).state is MessageState.DROPPED


def test_looking_at_the_link_stops_nothing(browser, clock, office):
    person = make.person(at=office)

    page = browser.visit(f"/messages/stop/{service.stop_token(person.id, LAPSES)}")

    assert "A credential lapses" in page.words
    assert service.stopped(person.id) == set()
    [form] = [f for f in page.all("form") if f.get("action", "").startswith("/messages/stop/")]
    assert form.get("method") == "post"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_stops_nothing(browser, clock, office, method):
    person = make.person(at=office)
    good = service.stop_token(person.id, LAPSES)
    essential = service.stop_token(person.id, CORRECTED)

    for token in (good[:-2], "x", essential):
        assert getattr(browser, method)(f"/messages/stop/{token}").status_code == 404
    assert service.stopped(person.id) == set()


def test_i_choose_which_messages_i_want_and_can_take_it_back(browser, clock, office):
    me = make.volunteer(office)
    other = make.person(at=office)
    make.saved(Stopped(person_id=other.id, kind=LAPSES, at=make.NOW))
    browser.sign_in(me)
    page = browser.visit("/messages/preferences")
    assert {
        e.get("value") for e in page.all("input", name="kinds") if e.get("checked") is not None
    } == {
        "shift_reminder",
        "credential_lapses",
        "handover_open",
        "rating_asked",
        "substitute_wanted",
        "session_reminder",
        "office_notice",
    }

    others = [
        "shift_reminder", "handover_open", "rating_asked", "substitute_wanted", "session_reminder",
        "office_notice",
    ]  # fmt: skip
    browser.send("/messages/preferences", kinds=others)
    assert service.stopped(me.person_id) == {LAPSES}
    browser.send("/messages/preferences", kinds=[*others, "credential_lapses"])
    assert service.stopped(me.person_id) == set()
    browser.send("/messages/preferences")
    assert service.stopped(me.person_id) == set(service.OPTIONAL)
    assert service.stopped(other.id) == {LAPSES}


def test_what_cannot_be_stopped_is_not_stopped_by_a_made_up_form(browser, clock, office):
    me = make.volunteer(office)
    browser.sign_in(me).send("/messages/preferences", status=422, kinds=["hours_corrected"])
    assert service.stopped(me.person_id) == set()


def test_the_trouble_without_an_address_is_said_in_chinese_too(browser, clock, office, coordinator):
    told(make.person(at=office, email=None), office)
    page = browser.sign_in(coordinator).speak("zh").visit("/messages/")
    assert "没有邮箱地址。" in page.words
    assert Trouble.NO_ADDRESS.label not in page.words
