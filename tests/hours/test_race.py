"""Several workers, lists and clerks in the same moment: what is recorded and noticed is so once."""

import multiprocessing
from datetime import timedelta

import make
import pytest

from talent.access import SYSTEM
from talent.app import create_app
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import Origin, RecordFlag, RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.hours.recording import service
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person
from talent.rules.doubts import DoubtKind
from talent.rules.hours import Deed
from talent.rules.span import Span

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


def together(acts):
    """Each act in a process of its own, all in the same moment; none fails."""
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(len(acts)), FORK.Queue()
    runners = [FORK.Process(target=act, args=(*given, start, answers)) for act, given in acts]
    for runner in runners:
        runner.start()
    assert [answers.get(timeout=60) for _ in runners] == [""] * len(acts)
    for runner in runners:
        runner.join(timeout=30)


@pytest.fixture
def shift(app):
    office = make.office()
    shift = make.shift(make.project(office), start=-4, hours=3, places=PEOPLE)
    for number in range(PEOPLE):
        make.attended(shift, make.person(f"志愿者{number}", at=office), left=180)
    return shift


def test_what_is_recorded_by_several_at_once_is_recorded_once(settings, shift):
    together([(record, (settings,))] * WORKERS)
    assert db.session.query(ServiceRecord).count() == PEOPLE
    assert ledger.total() == PEOPLE * 180
    assert proving.reconcile() == []
    assert [proving.breaks(office_id) for office_id in proving.offices()] == [[]]


def enter(settings, person_id, start, answers):
    """A clerk of his own, with a phone of his own, in the same minute as the others."""
    with create_app(settings).app_context():
        office = db.session.query(Office).one()
        person = db.session.get(Person, person_id)
        span = Span(make.NOW - timedelta(hours=4), make.NOW - timedelta(hours=2))
        deed = Deed(
            "同一活动",
            make.TODAY,
            "社区",
            "打扫",
            120,
            "社区",
            "李主任",
            by_hand=True,
            evidence="纸",
        )
        category_id = db.session.query(ServiceCategory.id).scalar()
        start.wait(timeout=60)
        try:
            with writing():
                service.enter(
                    person=person, office=office, deed=deed, category_id=category_id,
                    span=span, actor=SYSTEM, now=make.NOW,
                )  # fmt: skip
            answers.put("")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
            answers.put(repr(error))


def test_what_several_clerks_notice_at_once_is_noticed_once(settings, app):
    office = make.office()
    category = make.category()
    clerk = make.account()
    for number in range(6):
        make.record(
            make.person(f"早{number}", at=office), office, 120, state=RecordState.PENDING,
            origin=Origin.HAND, starts_at=make.NOW - timedelta(hours=4), entered_by=clerk.id,
            category_id=category.id,
        )  # fmt: skip
    people = [make.person(f"晚{number}", at=office).id for number in range(WORKERS)]
    assert db.session.query(RecordFlag).count() == 0
    together([(enter, (settings, person_id)) for person_id in people])
    same = db.session.query(RecordFlag).filter_by(kind=DoubtKind.SAME_TIMES)
    assert same.count() == 6 + WORKERS
