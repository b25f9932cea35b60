"""The page of queues and jobs: who works, how it went, what waits, and what stands still."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import make
import pytest
from counting import queries

from talent import schedule
from talent.access import Role
from talent.db import db, writing
from talent.messages import service as messages
from talent.messages.models import JobRun, MessageKind
from talent.operation import beats
from talent.operation.models import JobFailure, WorkerBeat
from talent.rosters.models import ProposalState, RosterProposal
from talent.schedule import Job

MINUTE = timedelta(minutes=1)


@pytest.fixture
def district(app, clock):
    return make.office("春江区")


@pytest.fixture
def office(district):
    return make.office("春风社区", parent=district)


@pytest.fixture
def administrator(district):
    return make.account(Role.ADMINISTRATOR, district)


def seen(minutes=0, *, worker="web1:77:abc", leads=True, ended=False):
    at = make.NOW - minutes * MINUTE
    with writing():
        beats.beat(worker, version="1a2b3c", leads=leads, now=at, ended=ended)


def ran(name="messages.deliver", minutes=0, **more):
    at = make.NOW - minutes * MINUTE
    more = {"every_s": 10, "took_ms": 1200, "finished_at": at, "result": "3 sent"} | more
    return make.saved(JobRun(name=name, started_at=at, **more))


def said(page):
    return [" ".join("".join(e.itertext()).split()) for e in page.all("div", class_="notice")]


def test_administrators_see_workers_jobs_and_how_it_went(browser, administrator):
    seen()
    seen(5, worker="web2:8:def", leads=False)
    ran()
    page = browser.sign_in(administrator).visit("/operation/")
    assert "The timed work goes on." in page.words
    rows = [" ".join("".join(row.itertext()).split()) for row in page.tree.iter("tr")]
    assert [r for r in rows if r.startswith("web1 77 does the work")]
    assert [r for r in rows if r.startswith("web2 8 is not heard of")]
    assert [r for r in rows if r.startswith("messages.deliver well") and "1.2 s" in r]


def test_who_has_not_been_seen_for_a_while_is_said_in_a_sentence_also_on_the_start_page(
    browser, administrator
):
    seen(12)
    ran(minutes=12)
    browser.sign_in(administrator)
    sentence = "No worker has been seen for 12 min: reminders and mails wait"
    assert sentence in browser.visit("/operation/").words
    page = browser.visit("/")
    assert sentence in page.words
    assert page.said("a", href="/operation/") == ["Queues and timed work"]
    seen(1)
    assert "has not run since" in browser.visit("/").words  # the job that it left behind
    with writing():
        beats.begun("messages.deliver", timedelta(seconds=10), make.NOW)
    assert said(browser.visit("/")) == []


def test_a_worker_of_an_older_version_gives_a_sign_of_life_by_its_jobs(browser, administrator):
    ran(minutes=1, every_s=0)
    assert "The timed work goes on." in browser.sign_in(administrator).visit("/operation/").words


def test_a_job_that_is_late_and_one_that_failed_are_named(browser, administrator):
    seen()
    ran("shifts.remind", minutes=11, every_s=60)
    ran("privacy.anonymise", minutes=600, every_s=86400)
    ran("hours.prove", failed=True, failures=2, result="ValueError: …")
    [notice] = said(browser.sign_in(administrator).visit("/operation/"))
    assert "The job shifts.remind has not run since" in notice
    assert "The job hours.prove failed the last time." in notice
    assert "privacy.anonymise" not in notice


def test_workers_without_one_that_leads_are_said(browser, administrator):
    seen(leads=False)
    assert "The timed work goes on." in browser.sign_in(administrator).visit("/operation/").words
    seen(2, worker="web2:8:def", leads=False)
    seen(worker="web2:8:def", leads=False)
    assert "none of them leads" in browser.sign_in(administrator).visit("/operation/").words


def test_an_office_sees_its_own_queues_and_nothing_of_machines(browser, district, office):
    elsewhere = make.office("秋水社区", parent=district)
    seen(12)
    ran(minutes=12)
    readers = [make.person(at=at) for at in (office, elsewhere, elsewhere)]
    with writing():
        for n, (at, person) in enumerate(zip((office, elsewhere, elsewhere), readers, strict=True)):
            messages.tell(
                MessageKind.OFFICE_NOTICE,
                once=str(n),
                now=make.NOW,
                office_id=at.id,
                person=person,
                facts={},
            )
    for at in (office, elsewhere):
        make.saved(
            RosterProposal(
                office_id=at.id, first_day=make.TODAY, last_day=make.TODAY, seconds=5,
                state=ProposalState.FAILED, made_at=make.NOW,
            )
        )  # fmt: skip
    page = browser.sign_in(make.account(Role.COORDINATOR, office)).visit("/operation/")
    rows = [" ".join("".join(row.itertext()).split()) for row in page.tree.iter("tr")]
    [line] = [row for row in rows if row.startswith("Messages to be sent")]
    assert line.startswith("Messages to be sent 1 1 Jun 2026, 09:00")
    assert [row for row in rows if row == "Roster proposals 0 — 1 failed"]
    assert "No worker has been seen for 12 min" in page.words
    assert "Please tell whoever runs Talent." in page.words
    assert [word for word in ("web1", "messages.deliver", "1a2b3c") if word in page.words] == []
    assert "No worker has been seen" not in browser.visit("/").words


def test_the_page_asks_as_much_for_one_row_as_for_three(browser, administrator):
    browser.sign_in(administrator)
    counts = []
    for rows in (1, 2):
        for n in range(rows):
            seen(worker=f"web:{rows}:{n}")
            ran(f"job.{rows}.{n}")
            make.saved(JobFailure(name="x", at=make.NOW, said="x"))
        with queries() as sent:
            browser.visit("/operation/")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_job_that_fails_is_kept_without_anybodys_data(app, clock):
    def fail(_now):
        message = "王秀兰 13800138000 has no such thing"
        raise ValueError(message)

    assert schedule.run(Job("a.job", fail, MINUTE), make.NOW) is False
    assert schedule.run(Job("a.job", fail, MINUTE), make.NOW) is False
    run = db.session.get(JobRun, "a.job", populate_existing=True)
    assert (run.failed, run.failures, run.every_s) == (True, 2, 60)
    kept = [row.said for row in db.session.query(JobFailure).order_by(JobFailure.id)]
    assert [re.sub(r":\d+", ":1", each) for each in kept] == ["ValueError in test_work.py:1"] * 2
    assert schedule.run(Job("a.job", lambda _now: "well", MINUTE), make.NOW) is True
    db.session.refresh(run)
    assert (run.failed, run.failures, run.result) == (False, 2, "well")


def test_a_worker_says_that_it_lives_and_that_it_ends(app, clock):
    stop = threading.Event()
    stop.set()
    beats.keep_beating(app, "web1:77:abc", stop, lambda: True)
    db.session.rollback()
    [worker] = db.session.query(WorkerBeat)
    assert (worker.leads, worker.ended_at, worker.seen_at) == (True, make.NOW, make.NOW)
    assert worker.version == app.config["VERSION"]


def test_what_is_long_ago_is_forgotten(app, clock):
    seen(60 * 25, worker="old:1:a")
    seen(worker="new:1:a")
    make.saved(JobFailure(name="x", at=make.NOW - timedelta(days=31), said="x"))
    with writing():
        assert beats.forget(make.NOW) == "1 workers, 1 failures forgotten"
