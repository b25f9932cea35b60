"""Several workers and a leader's list record the same attendance in the same moment: once."""

import multiprocessing

import make
import pytest

from talent.app import create_app
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import ServiceRecord
from talent.hours.proving import service as proving
from talent.hours.recording import service

FORK = multiprocessing.get_context("fork")
WORKERS, PEOPLE = 4, 6


def record(settings, start, answers):
    """A process of its own with an app of its own."""
    with create_app(settings).app_context():
        start.wait(timeout=60)
        try:
            with writing():
                service.record_attendance(make.NOW)
            answers.put("")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
            answers.put(repr(error))


@pytest.fixture
def shift(app):
    office = make.office()
    shift = make.shift(make.project(office), start=-4, hours=3, places=PEOPLE)
    for number in range(PEOPLE):
        make.attended(shift, make.person(f"志愿者{number}", at=office), left=180)
    return shift


def test_what_is_recorded_by_several_at_once_is_recorded_once(settings, shift):
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(WORKERS), FORK.Queue()
    runners = [FORK.Process(target=record, args=(settings, start, answers)) for _ in range(WORKERS)]
    for runner in runners:
        runner.start()
    assert [answers.get(timeout=60) for _ in runners] == [""] * WORKERS
    for runner in runners:
        runner.join(timeout=30)
    assert db.session.query(ServiceRecord).count() == PEOPLE
    assert ledger.total() == PEOPLE * 180
    assert proving.reconcile() == []
    assert [proving.breaks(office_id) for office_id in proving.offices()] == [[]]
