"""Whatever happens, a record is the sum of its entries and the tallies agree."""

from datetime import UTC, datetime, timedelta

import make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served import came, recorded

from talent.access import SYSTEM, Actor, Held, Role
from talent.db import db, writing
from talent.errors import Refused
from talent.hours.models import LedgerEntry, OfficeTally, RecordState, ServiceRecord, Tally
from talent.hours.review import service as review
from talent.hours.transfers import service as transfers
from talent.offices.models import OfficeRule

NIGHT = datetime(2026, 5, 30, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("came"), st.integers(0, 20), st.integers(1, 600)),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 700)),
        st.tuples(
            st.just("rule"),
            st.sampled_from(
                [
                    ("counted_minutes", 300),
                    ("counted_minutes", 0),
                    ("activity_minutes", 200),
                    ("night_percent", 150),
                    ("holiday_percent", 250),
                    ("rounding_unit", "15"),
                    ("rounding_scope", "record"),
                    ("rounding_direction", "half_up"),
                    ("break_after_minutes", 120),
                    ("break_minutes", 20),
                ]
            ),
            st.integers(0, 20),
        ),
        st.tuples(st.just("merge"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_whatever_happens_a_record_is_the_sum_of_its_entries_and_the_tallies_agree(app, history):
    office = make.office(f"第{make.office().id}社区")
    project = make.project(office)
    person, copy = make.person(at=office), make.person(at=office)
    boss = make.account(Role.MANAGER, office)
    actor = Actor(boss.id, None, (Held(Role.MANAGER, office.id, office.path),))
    for deed, one, two in history:
        if deed == "came":
            begins = NIGHT - timedelta(days=one)
            who = copy if two % 2 else person
            came(make.shift(project, start=begins, hours=10), who, two)
            recorded()
        elif deed == "rule":
            name, value = one
            since = NIGHT.date() - timedelta(days=two)
            found = db.session.query(OfficeRule).filter_by(
                office_id=office.id, name=name, valid_from=since
            )
            if found.count() == 0:
                make.let(office, since=since, **{name: value})
        elif deed == "correct":
            _correct(office, one, two, actor)
        else:
            with writing():
                transfers.transfer(copy, person, reason="同一人", actor=SYSTEM, now=make.NOW)
        _agree(office)


def _correct(office, number, minutes, actor):
    rows = (
        db.session.query(ServiceRecord)
        .filter_by(office_id=office.id, state=RecordState.APPROVED)
        .order_by(ServiceRecord.id)
        .all()
    )
    if rows:
        try:
            with writing():
                review.correct(
                    db.session.get(ServiceRecord, rows[number % len(rows)].id),
                    to_minutes=minutes, reason="核对", actor=actor, now=make.NOW,
                )  # fmt: skip
        except Refused:
            db.session.rollback()


def _agree(office):
    db.session.expire_all()
    records = db.session.query(ServiceRecord).filter_by(office_id=office.id).all()
    sums = [0, 0]
    for record in records:
        assert record.minutes == sum(entry.minutes for entry in record.entries)
        assert record.recognised_minutes == sum(entry.recognised for entry in record.entries)
        assert record.minutes >= 0
        assert record.recognised_minutes >= 0
        sums = [sums[0] + record.minutes, sums[1] + record.recognised_minutes]
    for table in (Tally, OfficeTally, LedgerEntry):
        rows = db.session.query(table).filter_by(office_id=office.id).all()
        assert [sum(r.minutes for r in rows), sum(r.recognised for r in rows)] == sums
