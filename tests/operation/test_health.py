"""What machines ask: does it live, may it be sent visitors, what has it counted."""

from __future__ import annotations

import mmap
import re
import threading
from datetime import timedelta
from types import SimpleNamespace

import make
import pytest
from counting import queries
from sqlalchemy import event, text

from talent import audit, metrics
from talent.access import SYSTEM
from talent.audit import Act
from talent.auditing import jobs as auditing
from talent.db import db, reading, writing
from talent.messages.models import JobRun
from talent.operation import beats, health

LINE = re.compile(
    r"[a-z_:][a-z0-9_:]*(\{[a-z_]+=\"(?:[^\"\\\n]|\\.)*\"(,[a-z_]+=\"(?:[^\"\\\n]|\\.)*\")*\})? \S+"
)


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Where others take the CPU, a database that does not hang may be waited for."""
    monkeypatch.setattr(health, "WITHIN", 60)


def test_health_asks_nothing(browser):
    with queries() as sent:
        assert browser.get("/healthz").text == "ok\n"
    assert sent == []


def test_only_a_database_with_the_tables_of_this_code_is_ready(browser):
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.text) == (200, "ok\nworker: never seen\n")
    known = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    try:
        for version, status, said in (
            ("0004", 503, "the database is not migrated"),
            ("9999", 200, "ok"),  # the next version's tables: this one still serves
        ):
            put_version(version)
            answer = browser.get("/readyz")
            assert (answer.status_code, answer.text.splitlines()[0]) == (status, said)
    finally:
        put_version(known)


def put_version(number):
    with writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": number})


def test_readiness_tells_how_long_ago_a_worker_was_seen_and_does_not_fail_for_it(browser, clock):
    with writing():
        beats.beat("w:1:a", version="1", leads=True, now=make.NOW - timedelta(hours=3))
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.text) == (200, "ok\nworker: last seen 10800 s ago\n")


def test_a_full_disk_is_not_ready(browser, monkeypatch):
    monkeypatch.setattr(
        health.shutil, "disk_usage", lambda _: SimpleNamespace(free=health.LEAST - 1)
    )
    refused = browser.get("/readyz")
    assert (refused.status_code, refused.text.splitlines()[0]) == (503, "the disk is full")


def test_a_database_that_hangs_is_not_waited_for(browser, monkeypatch):
    """It lets the question hang until the test is over; both askers are answered before."""
    monkeypatch.setattr(health, "WITHIN", 0.2)
    go_on = threading.Event()

    def hang(*_given):
        if threading.current_thread() is not threading.main_thread():
            go_on.wait(60)

    event.listen(db.engine, "before_cursor_execute", hang)
    try:
        for _ in range(2):
            refused = browser.get("/readyz")
            assert (refused.status_code, refused.text) == (503, "the database does not answer\n")
    finally:
        go_on.set()
        with health._asking:  # the thread is done with the database
            event.remove(db.engine, "before_cursor_execute", hang)


@pytest.fixture
def counted(app, monkeypatch):
    """Figures that are read with a token, counted from nothing."""
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "the token of the house")
    fresh = metrics.Board()
    monkeypatch.setattr(metrics, "_board", fresh)
    fresh.lay_out(sorted({r.endpoint for r in app.url_map.iter_rules()}), [a.value for a in Act])

    def read(client):
        answer = client.get("/metrics", headers={"Authorization": "Bearer the token of the house"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = answer.text.splitlines()
        assert [
            each for each in lines if not each.startswith("#") and not LINE.fullmatch(each)
        ] == []
        return dict(each.rsplit(" ", 1) for each in lines if not each.startswith("#"))

    return read


def test_figures_are_closed_without_a_token_and_to_a_wrong_one(app, browser, monkeypatch):
    assert browser.get("/metrics").status_code == 404
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "right")
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        assert browser.get("/metrics", headers=given).status_code == 404
    assert browser.get("/metrics", headers={"Authorization": "Bearer right"}).status_code == 200


def test_figures_for_this_machine_are_not_for_whoever_comes_through_its_proxy(
    app, browser, monkeypatch
):
    monkeypatch.setitem(app.config, "METRICS_LOOPBACK", True)
    assert browser.get("/metrics").status_code == 200
    assert browser.get("/metrics", headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 404
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert browser.get("/metrics", environ_overrides=elsewhere).status_code == 404


def test_requests_are_counted_by_endpoint_and_status_with_time_and_queries(counted, browser):
    make.account()
    browser.visit("/account/sign-in")
    browser.visit("/account/sign-in")
    browser.visit("/no-such-page/13800138000", status=404)
    found = counted(browser)
    assert found['talent_requests_total{endpoint="accounts.sign_in",status="200"}'] == "2"
    assert found['talent_requests_total{endpoint="other",status="404"}'] == "1"
    whole = 'talent_request_seconds_bucket{endpoint="accounts.sign_in",le="+Inf"}'
    assert found[whole] == found['talent_request_seconds_count{endpoint="accounts.sign_in"}'] == "2"
    assert float(found['talent_request_seconds_sum{endpoint="accounts.sign_in"}']) > 0
    assert not [name for name in found if "13800138000" in name]


def test_labels_cannot_be_made_by_visitors(counted, browser):
    for n in range(5):
        browser.visit(f"/verify/{n}", status=404)
        browser.open(f"/x{n}", method=f"M{n}")
    names = counted(browser).keys()
    assert len({name for name in names if name.startswith("talent_requests_total")}) <= 4


def test_acts_are_counted_once_they_are_committed(counted, browser, clock):
    with writing():
        audit.record(Act.SIGNED_UP, "signup:1", actor=SYSTEM, now=make.NOW)
    token = reading.set(False)
    audit.record(Act.SIGNED_UP, "signup:2", actor=SYSTEM, now=make.NOW)
    db.session.flush()
    db.session.rollback()
    reading.reset(token)
    with writing():
        audit.record(Act.SIGNED_IN, "account:1", actor=SYSTEM, now=make.NOW)
    assert counted(browser)['talent_acts_total{act="signup.made"}'] == "1"


def test_figures_of_jobs_messages_workers_and_the_trail(counted, browser, clock):
    make.saved(
        JobRun(
            name="messages.deliver", started_at=make.NOW, finished_at=make.NOW, every_s=10,
            took_ms=1500, failed=True, failures=3,
        )
    )  # fmt: skip
    with writing():
        beats.beat("w:1:a", version="1", leads=True, now=make.NOW - timedelta(seconds=40))
    auditing.prove(make.NOW)
    found = counted(browser)
    assert found['talent_job_failures_total{job="messages.deliver"}'] == "3"
    assert found['talent_job_failed{job="messages.deliver"}'] == "1"
    assert found['talent_job_seconds{job="messages.deliver"}'] == "1.5"
    assert float(found['talent_job_last_start_seconds{job="messages.deliver"}']) == (
        make.NOW.timestamp()
    )
    assert found['talent_messages{state="waiting"}'] == "0"
    assert found["talent_workers"] == "1"
    assert found["talent_worker_seen_seconds"] == "0"  # the job's own sign of life is younger
    assert found["talent_audit_faults"] == found["talent_sessions"] == "0"


def test_a_scrape_asks_as_much_for_one_row_as_for_three(counted, browser, clock):
    numbers = []
    for rows in (1, 2):
        for n in range(rows):
            make.saved(JobRun(name=f"job.{rows}.{n}", started_at=make.NOW))
        with queries() as sent:
            counted(browser)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 13


def test_processes_count_in_memory_that_they_share_and_the_dead_one_is_not_forgotten(app):
    """Two boards in one memory, as two processes have them."""
    memory = mmap.mmap(-1, 2 << 19)
    boards = [metrics.Board(), metrics.Board()]
    for part, board in enumerate(boards):
        board.cells, board.size = memoryview(memory).cast("d"), (1 << 19) // 8
        board.begin = part * board.size
        board.lay_out(["a"], ["act"])
        board.add(board.at_requests, part + 1)
        board.add(metrics.CONNECTIONS, 1)
    first = boards[0]
    begins = list(first.parts())
    assert len(begins) == 2
    assert first.sum(first.at_requests, begins) == 3
    assert first.sum(metrics.CONNECTIONS, begins) == 2
    memory[(1 << 19) + 8 : (1 << 19) + 64] = bytes(56)  # the second one dies (gunicorn.conf.py)
    begins = list(first.parts())
    assert first.sum(first.at_requests, begins) == 3
    assert first.sum(metrics.ALIVE, begins) == 1
    assert first.sum(metrics.CONNECTIONS, begins) == 1


def test_threads_lose_no_count():
    board = metrics.Board()
    board.lay_out(["a"], [])
    threads = [
        threading.Thread(target=lambda: [board.add(board.at_requests) for _ in range(2000)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert board.sum(board.at_requests, list(board.parts())) == 8000


def test_the_part_of_a_process_is_large_enough_for_all_endpoints(app):
    board = metrics.Board()
    board.cells, board.size = [0.0] * ((1 << 19) // 8), (1 << 19) // 8
    names = {rule.endpoint for rule in app.url_map.iter_rules()}
    board.lay_out(sorted(names), [act.value for act in Act])
    assert board.on
    assert board.at_acts + len(Act) < board.size * 0.8
