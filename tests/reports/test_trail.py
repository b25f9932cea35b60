"""The audit trail: read by auditors and administrators, of their own offices only."""

from __future__ import annotations

import make
import pytest
from counting import queries

from talent import audit
from talent.access import NOBODY, SYSTEM, Actor, Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing


@pytest.fixture
def district(app, clock):
    return make.office("春江区")


@pytest.fixture
def office(district):
    return make.office("春风社区", parent=district)


@pytest.fixture
def elsewhere(district):
    return make.office("秋水社区", parent=district)


@pytest.fixture
def auditor(office):
    return make.account(Role.AUDITOR, office)


def done(act, subject, *, by=None, office=None, at=make.NOW, **facts):
    actor = by if isinstance(by, Actor) else Actor(account_id=by.id) if by else SYSTEM
    with writing():
        audit.record(
            act, subject, actor=actor, now=at, office_id=office.id if office else None, **facts
        )


def acts(page):
    return [" ".join("".join(row.itertext()).split()) for row in page.tree.iter("tr")][1:]


def test_an_auditor_reads_who_did_what_on_what_and_when(browser, office, auditor):
    wang = make.account(Role.COORDINATOR, office, name="王书记")
    done(Act.SIGNUP_OVERRIDDEN, "signup:7", by=wang, office=office, overridden="too-young")

    [row] = acts(browser.sign_in(auditor).visit("/audit"))

    assert row.startswith("1 Jun 2026, 09:00 王书记 Gave a place against a reason signup:7")
    assert row.endswith("Reasons that were set aside: too-young")


def test_acts_of_another_office_and_of_its_people_are_not_shown(
    browser, office, elsewhere, auditor
):
    stranger = make.account(Role.COORDINATOR, elsewhere, name="赵外人")
    done(Act.SHIFT_CHANGED, "shift:1", by=stranger, office=elsewhere)
    done(Act.PERSON_CHANGED, "person:1", by=stranger)
    done(Act.SIGN_IN_FAILED, "account", by=NOBODY)
    own = make.account(Role.COORDINATOR, office, name="王书记")
    volunteer = make.volunteer(office, "李志愿")
    done(Act.PERSON_CHANGED, "person:2", by=own)
    done(Act.CONSENT_GIVEN, "person:3", by=volunteer)

    page = browser.sign_in(auditor).visit("/audit")

    assert ["赵外人" in page.words, len(acts(page))] == [False, 2]


def test_whoever_audits_the_whole_tree_sees_tries_of_strangers_too(browser, district, elsewhere):
    done(Act.SHIFT_CHANGED, "shift:1", office=elsewhere)
    done(Act.SIGN_IN_FAILED, "account", by=NOBODY)
    page = browser.sign_in(make.account(Role.AUDITOR, district)).visit("/audit")
    assert ["somebody unknown" in acts(page)[0], "the system" in acts(page)[1]] == [True, True]


def test_the_trail_is_filtered_by_act_day_and_account(browser, office, auditor):
    wang = make.account(Role.COORDINATOR, office, name="王书记")
    done(Act.SHIFT_CHANGED, "shift:1", by=wang, office=office)
    done(Act.SHIFT_CANCELLED, "shift:2", office=office)
    done(Act.SHIFT_CHANGED, "shift:3", office=office, at=make.hours_later(24))
    browser.sign_in(auditor)

    def shown(query):
        return [
            row.count("shift:") and row[row.index("shift:") + 6]
            for row in acts(browser.visit(f"/audit?{query}"))
        ]

    assert shown("act=shift.changed") == ["3", "1"]
    assert shown("from=2026-06-02") == ["3"]
    assert shown(f"account={wang.id}") == ["1"]
    assert shown("from=nonsense&act=nothing") == ["3", "2", "1"]


def test_the_trail_goes_on_behind_its_first_page(browser, office, auditor):
    with writing():
        db.session.add_all(
            AuditEntry(at=make.NOW, act=Act.SHIFT_CHANGED, office_id=office.id, subject=f"x:{n}")
            for n in range(60)
        )
    page = browser.sign_in(auditor).visit("/audit?act=shift.changed")
    [more] = [link.get("href") for link in page.all("a", rel="next")]
    assert [len(acts(page)), len(acts(browser.visit(more)))] == [50, 10]


def test_the_trail_asks_as_much_for_one_act_as_for_three(browser, office, auditor):
    browser.sign_in(auditor)
    counts = []
    for rows in (1, 2):
        for n in range(rows):
            by = make.account(Role.COORDINATOR, office)
            done(Act.SHIFT_CHANGED, f"shift:{n}", by=by, office=office)
        with queries() as sent:
            browser.visit("/audit")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_things_of_the_trail_open_for_those_who_may_see_them(browser, office, auditor):
    done(Act.OFFICE_CHANGED, office, office=office)
    page = browser.sign_in(auditor).visit("/audit")
    assert page.said("a", href=f"/offices/{office.id}") == [f"office:{office.id}"]


def test_only_who_may_see_the_trail_finds_the_way_to_it(browser, office, auditor):
    assert browser.sign_in(auditor).visit("/offices/").said("a", href="/audit") == ["Audit trail"]
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert browser.visit("/offices/").all("a", href="/audit") == []
    browser.visit("/audit", status=403)
