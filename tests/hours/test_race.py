"""Several workers, lists and clerks in the same moment: what is recorded and noticed is so once."""

from datetime import timedelta

import make
import pytest
from together import together

from talent.access import SYSTEM
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

WORKERS, PEOPLE = 4, 6


def record(start):
    start()
    with writing():
        service.record_attendance(make.NOW)


@pytest.fixture
def shift(app):
    office = make.office()
    shift = make.shift(make.project(office), start=-4, hours=3, places=PEOPLE)
    for number in range(PEOPLE):
        make.attended(shift, make.person(f"志愿者{number}", at=office), left=180)
    return shift


def test_what_is_recorded_by_several_at_once_is_recorded_once(settings, shift):
    assert together(settings, *[(record,)] * WORKERS) == [None] * WORKERS
    assert db.session.query(ServiceRecord).count() == PEOPLE
    assert ledger.total() == PEOPLE * 180
    assert proving.reconcile() == []
    assert [proving.breaks(office_id) for office_id in proving.offices()] == [[]]


def enter(start, person_id):
    """A clerk of his own, with a phone of his own, in the same minute as the others."""
    office = db.session.query(Office).one()
    person = db.session.get(Person, person_id)
    span = Span(make.NOW - timedelta(hours=4), make.NOW - timedelta(hours=2))
    deed = Deed(
        "同一活动", make.TODAY, "社区", "打扫", 120, "社区", "李主任", by_hand=True, evidence="纸"
    )
    category_id = db.session.query(ServiceCategory.id).scalar()
    start()
    with writing():
        service.enter(
            person=person, office=office, deed=deed, category_id=category_id,
            span=span, actor=SYSTEM, now=make.NOW,
        )  # fmt: skip


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
    said = together(settings, *((enter, person_id) for person_id in people))
    assert said == [None] * WORKERS
    same = db.session.query(RecordFlag).filter_by(kind=DoubtKind.SAME_TIMES)
    assert same.count() == 6 + WORKERS
