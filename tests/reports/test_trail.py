"""The audit trail: read by auditors and administrators, of their own offices only."""

from __future__ import annotations

import csv
import io
import re

import make
import pytest
import python_calamine
from counting import queries

from talent import audit
from talent.access import NOBODY, SYSTEM, Actor, Role
from talent.audit import Act, AuditEntry
from talent.auditing import jobs
from talent.auditing.models import AuditProof
from talent.auditing.service import Broken
from talent.db import db, writing
from talent.rules.reason import Because, packed


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


def test_whoever_audits_one_tree_reads_nothing_of_what_people_of_another_did(browser, district):
    other = make.office("西湖区")
    clerk = make.account(Role.COORDINATOR, other, name="赵外人")
    done(Act.PERSON_CHANGED, "person:1", by=clerk)
    done(Act.CONSENT_GIVEN, "person:2", by=make.volunteer(other, "钱外人"))
    done(Act.PERSON_CHANGED, "person:3", by=make.account(name="新来的人"))
    page = browser.sign_in(make.account(Role.AUDITOR, district)).visit("/audit")
    assert [len(acts(page)), "新来的人" in acts(page)[0]] == [1, True]


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


def test_the_trail_is_filtered_by_name_office_thing_and_days(browser, district, office, elsewhere):
    wang = make.account(Role.COORDINATOR, office, name="王书记")
    done(Act.SHIFT_CHANGED, "shift:1", by=wang, office=office)
    done(Act.SHIFT_CHANGED, "shift:12", office=elsewhere)
    done(Act.PERSON_CHANGED, "person:1", office=office, at=make.hours_later(24))
    done(Act.PERSON_CHANGED, "person:2", office=office, at=make.hours_later(48))
    browser.sign_in(make.account(Role.AUDITOR, district))

    def shown(query):
        rows = acts(browser.visit(f"/audit?{query}"))
        return [next(w for w in row.split() if re.fullmatch(r"[a-z]+:\d+", w)) for row in rows]

    assert shown("who=%E7%8E%8B") == ["shift:1"]  # 王
    assert shown(f"office={elsewhere.id}") == ["shift:12"]
    assert shown("subject=shift:1") == ["shift:1"]
    assert shown("subject=shift") == ["shift:12", "shift:1"]
    assert shown("from=2026-06-02&to=2026-06-02") == ["person:1"]


def test_another_offices_acts_are_not_there_by_filter_by_number_or_in_a_file(
    browser, office, elsewhere, auditor
):
    done(Act.SHIFT_CHANGED, "shift:1", office=elsewhere)
    done(Act.SHIFT_CHANGED, "shift:2", office=office)
    theirs, own = (row.id for row in db.session.query(AuditEntry).order_by(AuditEntry.id))
    browser.sign_in(auditor)
    assert "shift:1" not in browser.visit(f"/audit?office={elsewhere.id}").words
    browser.visit(f"/audit/{own}")
    foreign, missing = (browser.visit(f"/audit/{n}", status=404) for n in (theirs, 10**8))
    assert foreign.said("p") == missing.said("p")
    file = browser.send(
        f"/audit/export?office={elsewhere.id}", status=200, kind="csv", reason="查账"
    )
    assert ["shift:1" in file.text, "shift:2" in file.text] == [False, True]


def test_an_act_is_read_in_words(browser, office, auditor):
    done(
        Act.SIGNUP_OVERRIDDEN, "signup:7", office=office, minutes=150, passed=True,
        valid_from="2026-06-05", state="waiting", unheard_of=[1, 2],
        why={"why": "Entry %(place)s is missing.", "facts": {"place": 3}},
    )  # fmt: skip
    [row] = db.session.query(AuditEntry)
    page = browser.sign_in(auditor).visit(f"/audit/{row.id}")
    told = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert told["Time"] == "2 h 30 min"  # of the particulars, after the one of the act itself
    assert told["Passed"] == "yes"
    assert told["Valid from"] == "Fri 5 Jun 2026"
    assert told["State"] == "On the waiting list"  # as a sign-up waits, and not a message
    assert told["unheard of"] == "1、2"
    assert told["Reason"] == "Entry 3 is missing."
    assert told["Place in the chain"] == "not linked yet"


def test_the_page_says_where_the_chain_stands(browser, office, auditor):
    done(Act.SHIFT_CHANGED, "shift:1", office=office)
    for minute in (0, 1):
        jobs.link(make.hours_later(minute / 60))
    browser.sign_in(auditor)
    assert "1 act is linked into a chain." in browser.visit("/audit").words
    assert "It is checked each night." in browser.visit("/audit").words
    jobs.prove(make.NOW)
    page = browser.visit("/audit")
    assert "Checked 1 Jun 2026, 09:00: in order." in page.words
    [row] = db.session.query(AuditEntry)
    assert "1 " in browser.visit(f"/audit/{row.id}").words
    with writing():
        db.session.add(
            AuditProof(
                at=make.NOW, length=1, digest="0" * 64,
                faults=[packed(Because(Broken.REMOVED, {"entry": 7, "place": 7}))],
            )
        )  # fmt: skip
    page = browser.visit("/audit")
    assert "The check of the audit trail found faults" in page.words
    assert "Act 7 (place 7) was removed." in page.words


def test_whoever_takes_the_trail_out_says_why_and_that_is_kept(browser, office, auditor):
    for n in range(3):
        done(Act.SHIFT_CHANGED, f"shift:{n}", office=office, name="=1+1")
    browser.sign_in(auditor)
    page = browser.visit("/audit/export?act=shift.changed")
    assert "The file will hold 3 acts." in page.words
    browser.send("/audit/export?act=shift.changed", status=422, kind="csv", reason=" ")
    assert db.session.query(AuditEntry).filter_by(act=Act.TRAIL_EXPORTED).count() == 0

    file = browser.send(
        "/audit/export?act=shift.changed", status=200, kind="csv", reason="年度审计"
    )

    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row[6] for row in rows] == ["On what", "shift:2", "shift:1", "shift:0"]
    assert rows[1][8] == "Name: =1+1"
    assert rows[1][9] == '{"name": "=1+1"}'
    entry = db.session.query(AuditEntry).filter_by(act=Act.TRAIL_EXPORTED).one()
    assert entry.account_id == auditor.id
    assert entry.facts == {
        "reason": "年度审计", "kind": "csv", "count": 3, "filter": {"act": "shift.changed"},
    }  # fmt: skip


def test_a_workbook_of_the_trail_opens(browser, office, auditor):
    done(Act.SHIFT_CHANGED, "shift:1", office=office)
    browser.sign_in(auditor)
    answer = browser.post("/audit/export", data={"kind": "xlsx", "reason": "查账"})
    [row] = (
        python_calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()[1:]
    )
    assert row[6] == "shift:1"
