"""Who sees a draft, what is said to it, and what has changed since."""

from __future__ import annotations

from datetime import date

import make
import pytest
from drafting import EN, changed, drafted, look, shared, told
from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.messages.models import MessageKind
from talent.rules.whatif import DraftState, SaidKind
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments.service import Terms
from talent.staffing.drafts.models import Change, Draft
from talent.staffing.models import AppointmentKind

pytestmark = pytest.mark.usefixtures("national")


def test_a_draft_is_its_owners_until_it_is_shared(browser, scene, own, manager):
    key = drafted(browser.sign_in(own), scene.street)
    changed(browser, key, "standard", target="20")
    neighbour = make.account(Role.MANAGER, scene.street)
    for other in (neighbour, manager):
        browser.sign_in(other).visit(f"/staffing/drafts/{key}", status=404)
        assert not browser.visit("/staffing/drafts").all("tr", id=f"draft-{key}")
    browser.sign_in(own).send(f"/staffing/drafts/{key}/sharing")
    browser.sign_in(manager).visit(f"/staffing/drafts/{key}")
    elsewhere = make.account(Role.MANAGER, scene.other)
    browser.sign_in(elsewhere).visit(f"/staffing/drafts/{key}", status=404)


def test_who_stands_above_reads_and_answers_and_changes_nothing(browser, scene, own, manager):
    key = shared(browser, scene, own)
    page = browser.sign_in(manager).visit(f"/staffing/drafts/{key}", headers=EN)
    assert "Take out" not in page.words
    for url in ("base", "sharing", "end", "plan"):
        browser.send(f"/staffing/drafts/{key}/{url}", status=404)
    changed(browser, key, "standard", status=404, target="30")
    page = browser.send(f"/staffing/drafts/{key}/answer", status=422, answer="send_back")
    assert page.all("p", id="words-error")
    browser.send(f"/staffing/drafts/{key}/answer", answer="send_back", words="依据不足")
    draft = db.session.get(Draft, key, populate_existing=True)
    assert draft.state is DraftState.SENT_BACK
    assert [said.kind for said in draft.said] == [SaidKind.SHARED, SaidKind.SENT_BACK]
    assert "依据不足" in browser.sign_in(own).visit(f"/staffing/drafts/{key}").words
    changed(browser, key, "standard", target="19")  # it is the owner's to mend again
    browser.send(f"/staffing/drafts/{key}/sharing")
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    assert db.session.get(Draft, key, populate_existing=True).state is DraftState.AGREED


def test_a_shared_draft_stays_as_it_is(browser, scene, own):
    key = shared(browser, scene, own)
    changed(browser, key, "standard", status=422, target="30")
    (change,) = db.session.scalars(select(Change.id))
    browser.send(f"/staffing/drafts/{key}/changes/{change}/removal", status=409)
    for url in ("base", "sharing", "end", "plan"):
        browser.send(f"/staffing/drafts/{key}/{url}", status=409)


def test_nobody_answers_his_own_draft_and_a_remark_decides_nothing(browser, scene, manager):
    key = drafted(browser.sign_in(manager), scene.street)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing")
    page = browser.send(f"/staffing/drafts/{key}/answer", status=422, answer="agree")
    assert "draft is yours" in page.words or "本人" in page.words or "您" in page.words
    browser.send(f"/staffing/drafts/{key}/remarks", status=422)
    browser.send(f"/staffing/drafts/{key}/remarks", words="再想想")
    draft = db.session.get(Draft, key, populate_existing=True)
    assert (draft.state, draft.said[-1].words) == (DraftState.SHARED, "再想想")


def test_an_auditor_reads_what_is_shared_and_answers_nothing(browser, scene, own):
    key = shared(browser, scene, own)
    auditor = make.account(Role.AUDITOR, scene.district)
    page = browser.sign_in(auditor).visit(f"/staffing/drafts/{key}", headers=EN)
    assert "Agree" not in page.said("button")
    browser.send(f"/staffing/drafts/{key}/answer", status=403, answer="agree")
    assert "Remark" not in page.said("button")
    browser.send(f"/staffing/drafts/{key}/remarks", status=403, words="不同意")
    assert db.session.get(Draft, key, populate_existing=True).said[-1].words != "不同意"


def test_who_can_answer_hears_of_a_shared_draft_and_its_owner_of_every_word(
    browser, scene, own, manager
):
    make.account(Role.COORDINATOR, scene.district)
    make.account(Role.MANAGER, scene.street)
    key = shared(browser, scene, own)
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")]
    browser.send(f"/staffing/drafts/{key}/remarks", words="补充说明")
    assert told(MessageKind.DRAFT_ANSWERED) == []  # the owner spoke
    browser.sign_in(manager)
    browser.send(f"/staffing/drafts/{key}/remarks", words="请附人口数")
    browser.send(f"/staffing/drafts/{key}/answer", answer="send_back", words="依据不足")
    browser.sign_in(own).send(f"/staffing/drafts/{key}/sharing")
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")] * 2
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    heard = [(own.id, event) for event in ("remark", "sent_back", "agreed")]
    assert told(MessageKind.DRAFT_ANSWERED) == heard


def test_where_the_office_above_has_no_staff_the_next_above_hears_of_the_draft(
    browser, scene, manager
):
    one = make.account(Role.MANAGER, scene.one)
    key = drafted(browser.sign_in(one), scene.one)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing")
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")]


def test_nothing_is_shared_where_nobody_stands_above_or_nothing_changes(browser, scene, manager):
    key = drafted(browser.sign_in(manager), scene.district)
    browser.send(f"/staffing/drafts/{key}/sharing", status=409)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing", status=409)


def test_a_draft_says_which_facts_changed_since_and_takes_them_as_its_base(
    browser, scene, own, clock
):
    key = drafted(browser.sign_in(own), scene.street)
    assert "The facts changed since" not in look(browser, key).words
    clock.move_to(make.hours_later(25))
    terms, now = Terms(AppointmentKind.FULL_TIME, date(2026, 6, 1)), make.hours_later(25)
    for office, person in ((scene.one, make.person()), (scene.three, make.person())):
        with writing():
            appointing.appoint(person, office, terms, actor=SYSTEM, now=now)
    page = look(browser.sign_in(own), key)
    assert "Changed an appointment: 1" in page.words
    browser.send(f"/staffing/drafts/{key}/base")
    assert "The facts changed since" not in look(browser, key).words
    assert db.session.get(Draft, key, populate_existing=True).base_on == date(2026, 6, 2)


def test_a_draft_is_thrown_away_and_its_owner_keeps_the_trace(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    browser.send(f"/staffing/drafts/{key}/end")
    assert db.session.get(Draft, key, populate_existing=True).state is DraftState.DROPPED
    changed(browser, key, "standard", status=422, target="20")
