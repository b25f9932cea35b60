"""One's own data, requests about it, leaving, and the end after ten years."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, timedelta

import make
import pytest

from talent.access import Role
from talent.accounts.models import Account
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.hours import ledger
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind
from talent.people.models import Person, RegistrationState
from talent.privacy import ending, jobs
from talent.privacy.models import Erasure, PrivacyRequest
from talent.rules.privacy import Standing, Wish

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def hers(office):
    account = make.volunteer(office, name="钱多多")
    make.record(account.person, office, 120)
    return account


def read(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return json.loads(archive.read("data.json")), archive.read("index.html").decode()


def acts(act):
    db.session.rollback()
    return db.session.query(AuditEntry).filter_by(act=act).order_by(AuditEntry.id).all()


def test_what_is_kept_is_told_to_everybody(browser, app):
    page = browser.visit("/privacy/kept")
    assert "Service records" in page.words
    assert "Shows who is a minor, on each day." in page.words


def test_one_takes_all_of_ones_own_data_and_a_childs_and_nobody_elses(browser, office, hers):
    born = date(2014, 1, 1)
    child = make.person("小明", at=office, birth_date=born, guardian_id=hers.person_id)
    other = make.person("别人", at=office)
    browser.sign_in(hers)
    assert "小明" in browser.visit("/privacy/mine").words
    told, page = read(browser.post(f"/privacy/{hers.person_id}/archive"))
    assert told["person"][0]["name"] == "钱多多"
    assert told["service_record"][0]["minutes"] == 120
    assert "password_hash" not in told["account"][0]
    assert "钱多多" in page
    assert read(browser.post(f"/privacy/{child.id}/archive"))[0]["person"][0]["name"] == "小明"
    assert browser.post(f"/privacy/{other.id}/archive").status_code == 404
    assert [entry.subject for entry in acts(Act.DATA_TAKEN)] == [
        f"person:{hers.person_id}", f"person:{child.id}",
    ]  # fmt: skip


def test_an_office_takes_data_out_with_a_reason_that_is_kept(browser, office, hers):
    browser.sign_in(make.account(Role.MANAGER, office))
    where = f"/privacy/people/{hers.person_id}"
    browser.send(where, status=422, reason=" ")
    assert acts(Act.DATA_TAKEN) == []
    assert read(browser.post(where, data={"reason": "法院调取"}))[0]["person"]
    assert [entry.facts["reason"] for entry in acts(Act.DATA_TAKEN)] == ["法院调取"]
    far = make.person("远方", at=make.office("别处"))
    browser.visit(f"/privacy/people/{far.id}", status=404)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    browser.visit(where, status=403)


def test_a_request_is_asked_answered_once_and_told(browser, office, hers):
    browser.sign_in(hers)
    where = f"/privacy/{hers.person_id}/requests/new"
    browser.send(where, status=422, wish="correct", text=" ")
    browser.send(where, wish="correct", text="出生日期错了")
    assert "出生日期错了" in browser.visit("/privacy/mine").words
    request = db.session.query(PrivacyRequest).one()
    assert request.due_on == date(2026, 6, 22)  # fifteen working days
    browser.sign_in(make.account(Role.COORDINATOR, make.office("别处")))
    browser.visit(f"/privacy/requests/{request.id}", status=404)
    assert "出生日期错了" not in browser.visit("/privacy/requests").words
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert "出生日期错了" in browser.visit("/privacy/requests").words
    door = f"/privacy/requests/{request.id}"
    browser.send(door, status=422, standing="done", answer="")
    browser.send(door, standing="done", answer="已更正")
    page = browser.send(door, status=422, standing="refused", answer="再答")
    assert "answered already" in page.words
    db.session.rollback()
    assert (request.standing, request.answer) == (Standing.DONE, "已更正")
    (told,) = db.session.query(Message).filter_by(kind=MessageKind.DATA_ANSWERED).all()
    assert told.person_id == hers.person_id


def test_the_list_of_requests_goes_on_page_by_page_the_most_urgent_first(browser, office, hers):
    dues = [make.TODAY + timedelta(days=(7 * number) % 20) for number in range(105)]
    asked = [
        make.saved(
            PrivacyRequest(
                person_id=hers.person_id, office_id=office.id, wish=Wish.EXPLAIN, said="为什么",
                made_at=make.NOW, due_on=due,
            )
        )
        for due in dues
    ]  # fmt: skip
    browser.sign_in(make.account(Role.COORDINATOR, office))
    seen, url = [], "/privacy/requests"
    while url:
        page = browser.visit(url)
        links = [a.get("href") for a in page.all("a")]
        listed = [int(at.rpartition("/")[2]) for at in links if at.startswith("/privacy/requests/")]
        seen.append(listed)
        if len(seen) == 1:  # the one behind which the next page begins may be answered meanwhile
            browser.send(f"/privacy/requests/{listed[-1]}", standing="done", answer="已说明")
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    assert [len(each) for each in seen] == [50, 50, 5]
    urgent = sorted(asked, key=lambda each: (each.due_on, each.id))
    assert [id_ for each in seen for id_ in each] == [each.id for each in urgent]
    first = browser.visit("/privacy/requests?after=rubbish")
    assert first.all("a", href=f"/privacy/requests/{urgent[0].id}")


def test_nobody_answers_his_own_request(browser, office, hers):
    own = make.account(Role.COORDINATOR, office, person=make.person("办事员", at=office))
    browser.sign_in(own)
    browser.send(f"/privacy/{own.person_id}/requests/new", wish="explain", text="为什么")
    request = db.session.query(PrivacyRequest).one()
    page = browser.send(f"/privacy/requests/{request.id}", status=422, standing="done", answer="好")
    assert "Nobody answers his own request." in page.words


def state(account, to):
    with writing():
        account.person.registrations[0].state = to
        account.person.registrations[0].decided_at = make.NOW


def restrict(now=make.NOW):
    with writing():
        return jobs.restrict(now)


def test_who_has_left_is_restricted_and_free_again_when_back(hers):
    assert restrict() == "0 changed"
    state(hers, RegistrationState.LEFT)
    assert restrict() == "1 changed"
    person = db.session.get(Person, hers.person_id)
    assert person.restricted_at == make.NOW
    with writing():
        told = messages.tell(
            MessageKind.OFFICE_NOTICE, once="x", now=make.NOW, person=person, facts={}
        )
    assert told is None
    assert restrict() == "0 changed"
    state(hers, RegistrationState.ACTIVE)
    assert restrict() == "1 changed"
    assert db.session.get(Person, hers.person_id).restricted_at is None


def test_staff_who_left_as_volunteers_are_not_restricted(office):
    staff = make.account(Role.COORDINATOR, office, person=make.person("办事员", at=office))
    state(staff, RegistrationState.LEFT)
    assert restrict() == "0 changed"


def after(years, days=0):
    born = make.NOW
    return born.replace(year=born.year + years) + timedelta(days=days)


def test_ten_years_after_the_last_record_the_name_goes_and_the_hours_stay(
    browser, clock, office, hers
):
    total = ledger.total()
    state(hers, RegistrationState.LEFT)
    restrict()
    assert jobs.anonymise(after(10, -1)) == "0 anonymised"
    assert jobs.anonymise(after(10)) == "1 anonymised"
    assert jobs.anonymise(after(10, 1)) == "0 anonymised"
    person = db.session.get(Person, hers.person_id)
    assert (person.name, person.phone, person.birth_date) == ("—", None, None)
    assert ledger.total() == total
    account = db.session.get(Account, hers.id)
    assert (account.email, account.closed_at) == (None, after(10))
    report = db.session.query(Erasure).one()
    assert report.counts["name_key"][0] > 0
    clock.move_to(after(10, 1))
    browser.sign_in(make.account(Role.ADMINISTRATOR, office))
    assert person.volunteer_no in browser.visit("/privacy/anonymised").words
    browser.sign_in(make.account(Role.ADMINISTRATOR, make.office("别处")))
    assert person.volunteer_no not in browser.visit("/privacy/anonymised").words


def test_an_office_may_keep_longer_and_never_shorter(browser, office, hers):
    browser.sign_in(make.account(Role.ADMINISTRATOR, office))
    state(hers, RegistrationState.LEFT)
    restrict()
    make.let(office, since=make.TODAY, retention_years=12)
    assert jobs.anonymise(after(11)) == "0 anonymised"
    assert jobs.anonymise(after(12)) == "1 anonymised"


def test_those_whom_an_office_keeps_longer_do_not_stand_before_the_others(
    office, hers, monkeypatch
):
    monkeypatch.setattr(ending, "MOST_AT_ONCE", 1)
    brief = make.office("另一社区")
    others = [make.volunteer(brief, name=name) for name in ("孙多多", "李多多")]
    for one in others:
        make.record(one.person, brief, 120)
    for one in (hers, *others):
        state(one, RegistrationState.LEFT)
    restrict()
    make.let(office, since=make.TODAY, retention_years=12)
    assert jobs.anonymise(after(10)) == "1 anonymised"  # as many as at once, and not none
    assert jobs.anonymise(after(10)) == "1 anonymised"
    assert jobs.anonymise(after(10)) == "0 anonymised"
    assert db.session.get(Person, hers.person_id).name == "钱多多"


def test_who_came_back_meanwhile_keeps_the_name(hers):
    state(hers, RegistrationState.LEFT)
    restrict()
    state(hers, RegistrationState.ACTIVE)
    assert jobs.anonymise(after(11)) == "0 anonymised"
    assert db.session.get(Person, hers.person_id).name == "钱多多"


def test_a_later_record_counts_from_its_day(office, hers):
    state(hers, RegistrationState.LEFT)
    make.record(hers.person, office, 60, day=date(2026, 12, 1))
    with writing():
        jobs.restrict(datetime.combine(date(2027, 1, 1), make.NOW.timetz()))
    assert jobs.anonymise(after(10, 200)) == "0 anonymised"
    assert jobs.anonymise(after(11)) == "1 anonymised"
