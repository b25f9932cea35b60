"""The agreement with volunteers: published in versions, signed by a tap, asked before a shift."""

from __future__ import annotations

from datetime import date, timedelta

import make
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_profile import turned_on

from talent.access import Role
from talent.db import db, writing
from talent.messages import jobs
from talent.messages.models import Message, MessageKind
from talent.messages.renewing import tell_renewed
from talent.messages.service import tell_decisions
from talent.offices.models import OfficeKind, Setting
from talent.people.agreements import service
from talent.people.agreements.models import Agreement, Signature
from talent.people.models import RegistrationState
from talent.shifts.models import Signup

pytestmark = pytest.mark.usefixtures("clock")
WORDS = "志愿者自愿提供服务,本单位提供必要的保障,双方互相尊重。"


@pytest.fixture
def street(app):
    make.category()
    return make.office("东街街道", kind=OfficeKind.STREET)


@pytest.fixture
def here(street):
    return make.office("春风社区", parent=street)


def agreed(office, version=1, words=WORDS):
    return make.saved(
        Agreement(office_id=office.id, version=version, text_zh=words, made_at=make.NOW)
    )


def signed(person, agreement):
    return make.saved(
        Signature(
            person_id=person.id, agreement_id=agreement.id, signed_at=make.NOW,
            signed_by=person.name,
        )
    )  # fmt: skip


def taking(shift):
    return {"need": shift.needs[0].id, "read": "y"}


def test_until_it_is_signed_the_shift_names_the_reason_with_a_link(browser, here):
    turned_on(here, Setting.AGREEMENT)
    agreement = agreed(here)
    account = make.volunteer(here)
    shift = make.shift(make.project(here))
    browser.sign_in(account)
    url = f"/shifts/{shift.id}"
    page = browser.visit(url)
    assert f"sign the agreement of “{here.name_en}” first." in page.words
    way = f"/people/agreements/{agreement.id}"
    assert page.all("a", href=way)
    assert "An agreement waits to be signed" in browser.visit("/people/me").words
    unread = browser.send(f"{way}/signature", status=422, person_id=account.person_id)
    assert "Please confirm that you have read the agreement." in unread.words
    assert unread.all("a", href="#read")
    assert unread.all("input", id="read", aria_describedby="read-error")
    browser.send(f"{way}/signature", person_id=account.person_id, read="y")
    row = db.session.query(Signature).one()
    assert (row.signed_at, row.signed_by, row.on_paper) == (make.NOW, account.name, False)
    assert "agreement of" not in browser.visit(url).words
    assert "An agreement waits" not in browser.visit("/people/me").words
    again = browser.send(f"{way}/signature", status=422, person_id=account.person_id, read="y")
    assert "This version is signed already." in again.words
    assert db.session.query(Signature).count() == 1


def test_a_new_version_asks_again_and_the_old_one_can_be_read_for_good(browser, here):
    turned_on(here, Setting.AGREEMENT)
    first = agreed(here)
    account = make.volunteer(here)
    signed(account.person, first)
    shift = make.shift(make.project(here))
    make.signup(shift, account.person)
    second = agreed(here, 2, WORDS + "新增一条。")
    later = make.shift(make.project(here, name="巡逻"), start=72)
    browser.sign_in(account)
    assert "read and sign the agreement" in browser.visit(f"/shifts/{later.id}").words
    assert db.session.query(Signup).one().state.value == "confirmed"
    old = browser.visit(f"/people/agreements/{first.id}")
    assert WORDS in old.words
    assert "There is a newer version." in old.words
    assert not old.all("input", name="read")
    refused = browser.send(
        f"/people/agreements/{first.id}/signature", status=422, person_id=account.person_id,
        read="y",
    )  # fmt: skip
    assert "signed already" in refused.words
    browser.send(f"/people/agreements/{second.id}/signature", person_id=account.person_id, read="y")
    words = browser.visit("/people/me").words
    assert "version 1" in words
    assert "version 2" in words


def test_an_office_that_does_not_ask_asks_nobody(browser, here):
    agreed(here)
    account = make.volunteer(here)
    shift = make.shift(make.project(here))
    browser.sign_in(account)
    assert "agreement" not in browser.visit(f"/shifts/{shift.id}").words
    assert "An agreement waits" not in browser.visit("/people/me").words


def test_the_words_of_the_nearest_office_above_hold(app, here, street):
    above = agreed(street)
    assert service.present([here, street]) == {here.id: above, street.id: above}
    own = agreed(here)
    agreed(street, 2)
    assert service.present([here])[here.id].id == own.id


def test_a_manager_publishes_a_version_from_the_proposal(browser, here):
    browser.sign_in(make.account(Role.MANAGER, here))
    url = f"/people/offices/{here.id}/agreements"
    assert "No agreement yet" in browser.visit(url).words
    page = browser.visit(f"{url}/new")
    assert "志愿者的权利" in "".join(page.all("textarea", name="text_zh")[0].itertext())
    short = browser.send(f"{url}/new", status=422, text_zh="短")
    assert short.all("p", id="text_zh-error")
    browser.send(f"{url}/new", text_zh=WORDS, text_en="What we owe each other.")
    same = browser.send(f"{url}/new", status=422, text_zh=WORDS, text_en="What we owe each other.")
    assert "These are the words of the present version." in same.words
    browser.send(f"{url}/new", text_zh=WORDS, text_en="Other words.")
    versions = [(a.version, a.text_en) for a in db.session.query(Agreement).order_by(Agreement.id)]
    assert versions == [(1, "What we owe each other."), (2, "Other words.")]
    assert "Version 2" in browser.visit(url).words


def test_who_may_not_set_rules_publishes_nothing(browser, here):
    browser.sign_in(make.account(Role.COORDINATOR, here))
    url = f"/people/offices/{here.id}/agreements"
    browser.visit(url)
    browser.send(f"{url}/new", status=403, text_zh=WORDS)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处")))
    browser.visit(url, status=404)
    browser.send(f"{url}/new", status=404, text_zh=WORDS)


def test_the_words_that_were_published_never_change(app, here):
    agreed(here)
    for statement in ("UPDATE agreement SET text_zh = 'x'", "DELETE FROM agreement"):
        with pytest.raises(DBAPIError), writing():
            db.session.execute(text(statement))


def test_for_a_minor_the_guardian_signs(browser, here):
    turned_on(here, Setting.AGREEMENT)
    agreement = agreed(here)
    guardian = make.volunteer(here)
    child = make.person(
        "小明", at=here, birth_date=date(2010, 1, 1), guardian_id=guardian.person_id,
        guardian_name="王妈妈",
    )  # fmt: skip
    own = make.account(Role.VOLUNTEER, here, person=child)
    url = f"/people/agreements/{agreement.id}/signature"
    refused = browser.sign_in(own).send(url, status=422, person_id=child.id, read="y")
    assert "Under 18 the guardian signs" in refused.words
    browser.sign_in(guardian).send(url, person_id=child.id, read="y")
    row = db.session.query(Signature).one()
    assert (row.person_id, row.by_guardian, row.signed_by) == (child.id, True, "王妈妈")
    browser.send(url, status=404, person_id=make.person("别人", at=here).id, read="y")


def test_the_office_keeps_the_sheet_that_was_signed_by_hand(browser, here):
    turned_on(here, Setting.AGREEMENT)
    agreement = agreed(here)
    person = make.person(at=here)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    show = browser.visit(f"/people/{person.id}")
    assert "not signed yet" in show.words
    browser.send(f"/people/{person.id}/agreements/{agreement.id}/paper")
    row = db.session.query(Signature).one()
    assert (row.on_paper, row.signed_by) == (True, person.name)
    words = browser.visit(f"/people/{person.id}").words
    assert "on paper" in words
    assert "not signed yet" not in words
    browser.send(f"/people/{person.id}/agreements/{agreement.id}/paper", status=404)


def test_an_agreement_is_read_by_those_whom_it_concerns(browser, here, street):
    agreement = agreed(street)
    url = f"/people/agreements/{agreement.id}"
    browser.sign_in(make.volunteer(here)).visit(url)
    browser.sign_in(make.account(Role.COORDINATOR, street)).visit(url)
    browser.sign_in(make.account(Role.COORDINATOR, here)).visit(url)
    elsewhere = make.office("别处")
    stranger = make.volunteer(elsewhere)
    browser.sign_in(stranger).visit(url, status=404)
    browser.sign_in(make.account(Role.MANAGER, elsewhere)).visit(url, status=404)
    signed(stranger.person, agreement)
    browser.sign_in(stranger).visit(url)


def test_with_the_acceptance_the_volunteer_is_asked_to_sign(browser, here):
    turned_on(here, Setting.AGREEMENT)
    agreed(here)
    person = make.person(at=here, language="en")
    with writing():
        row = person.registrations[0]
        row.decided_at = make.NOW + timedelta(minutes=1)
    with writing():
        tell_decisions(now=make.NOW + timedelta(minutes=2))
    (message,) = db.session.query(Message)
    letter = jobs.write(message, make.NOW).mail.get_body(("plain",)).get_content()
    assert "sign the agreement of the office before your first shift" in letter


def test_who_left_an_office_is_not_asked(browser, here):
    turned_on(here, Setting.AGREEMENT)
    agreed(here)
    account = make.volunteer(here, state=RegistrationState.LEFT)
    browser.sign_in(account)
    assert "An agreement waits" not in browser.visit("/people/me").words


def renewals(most=500):
    with writing():
        told = tell_renewed(now=make.NOW, most=most)
    kind = MessageKind.AGREEMENT_RENEWED
    return told, [m.person_id for m in db.session.query(Message).filter_by(kind=kind)]


def test_who_signed_an_older_version_is_told_once_of_the_new_one(street, here):
    old, own = agreed(street), make.office("自有协议社区", parent=street)
    agreed(own)
    waiting = [make.person(f"志愿者{each}", at=here) for each in range(3)]
    unsigned = make.person(at=here)
    left = make.person(at=here, state=RegistrationState.LEFT)
    elsewhere = make.person(at=own)
    again = make.person(at=here)
    for person in (*waiting, left, elsewhere, again):
        signed(person, old)
    assert renewals() == (0, [])
    new = agreed(street, 2)
    signed(again, new)
    told = {person.id for person in waiting}
    assert unsigned.id not in told
    assert renewals(most=2)[0] == 2
    number, readers = renewals(most=2)
    assert (number, set(readers), len(readers)) == (1, told, 3)
    assert renewals()[0] == 0
    agreed(street, 3)
    number, readers = renewals()
    assert (number, set(readers)) == (4, told | {again.id})


def test_the_timed_job_tells_of_the_new_version_with_a_way_to_it(here):
    person = make.person(at=here)
    signed(person, agreed(here))
    new = agreed(here, 2)
    with writing():
        jobs.news_of_people(make.NOW)
    (message,) = db.session.query(Message)
    assert (message.person_id, message.facts["path"]) == (
        person.id,
        f"/people/agreements/{new.id}",
    )
