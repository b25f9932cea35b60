"""In any history of two files a merge loses nothing, counts once, and is undone exactly."""

from datetime import timedelta

import make
import pytest
from banking import credit, turn_on
from history import ACTS, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joined import everything, join, part
from sqlalchemy.exc import IntegrityError

from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.transfers import service as transfers
from talent.merging import rows
from talent.merging.plan import Side, Wish
from talent.merging.policies import FIELDS
from talent.people.models import Consent, Tie
from talent.rules.consent import ConsentKind
from talent.timebank import ledger as bank
from talent.training.models import Course, Seat, SeatState, Session

QUICK = settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
MORE = st.one_of(
    st.tuples(st.just("sign_up"), st.integers(0, 1), st.integers(0, 2)),
    st.tuples(st.just("seat"), st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.just("know"), st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.just("consent"), st.integers(0, 1), st.integers(-40, -1), st.booleans()),
)
WISHES = st.builds(
    Wish,
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.sampled_from(list(Side))),
    st.sampled_from(list(Side)),
)


class Lives(World):
    """The same world, with more than hours in it."""

    def __init__(self):
        super().__init__()
        self.shifts = [make.shift(self.projects[n % 2], places=4) for n in range(3)]
        course = make.saved(
            Course(office_id=self.offices[0].id, name_zh="急救", content="心肺复苏", minutes=120)
        )
        self.sessions = [
            make.saved(
                Session(
                    course_id=course.id, office_id=self.offices[0].id, place="活动室", places=5,
                    starts_at=make.NOW + timedelta(days=n), taken=0,
                    ends_at=make.NOW + timedelta(days=n, hours=2),
                )
            )
            for n in (1, 2)
        ]  # fmt: skip

    def sign_up(self, person, shift):
        make.signup(self.shifts[shift], self.people[person])

    def seat(self, person, session):
        with writing():
            db.session.add(
                Seat(
                    session_id=self.sessions[session].id, person_id=self.people[person].id,
                    state=SeatState.TAKEN, at=make.NOW,
                )
            )  # fmt: skip
            db.session.get(Session, self.sessions[session].id).taken += 1

    def know(self, person, office):
        with writing():
            key = self.people[person].id, self.offices[office].id
            if db.session.get(Tie, key) is None:
                db.session.add(Tie(person_id=key[0], office_id=key[1]))

    def consent(self, person, days, withdrawn):
        given = make.NOW + timedelta(days=days)
        make.saved(
            Consent(
                person_id=self.people[person].id, kind=ConsentKind.PRIVACY, version="2026-06",
                given_at=given, given_by="本人",
                withdrawn_at=given + timedelta(hours=5) if withdrawn else None,
            )
        )  # fmt: skip


def lived(acts):
    world = Lives()
    for act, *given_ in acts:
        try:
            getattr(world, act)(*given_)
        except (Refused, IntegrityError):  # what is there already, the database refuses
            db.session.rollback()
    credit()
    return world


def counted_rows(*ids):
    """How many rows there are of each kind, whosever they are."""
    return {
        table.name: len(rows.read(table, table.c[column].in_(ids)))
        for table, column in rows.pointing_at("person")
    }


@pytest.mark.usefixtures("clock")
@QUICK
@given(acts=st.lists(st.one_of(ACTS, MORE), min_size=3, max_size=12), wish=WISHES)
def test_a_merge_loses_nothing_and_is_undone_row_for_row(app, acts, wish):
    world = lived(acts)
    target, source = world.people
    turn_on(world.offices[0])
    before, counts = everything(source.id, target.id), counted_rows(source.id, target.id)
    weighed = transfers.weigh(source.id, target.id)
    twice = sum(record.minutes for record, double in weighed if double)
    hours = {one.id: ledger.whole(person_id=one.id) for one in world.people}
    seats = [db.session.get(Session, one.id).taken for one in world.sessions]

    merge = join(source, target, wish=wish)
    world.holds()
    credit()
    assert ledger.total(person_id=source.id) == 0
    total = sum(one.minutes for one in hours.values())
    assert ledger.total(person_id=target.id) == total - twice
    assert bank.reconcile() == []
    after = counted_rows(source.id, target.id)
    for kept in ("service_record", "certificate", "consent", "signup", "star_grant"):
        assert after[kept] == counts[kept]

    part(merge)
    world.holds()
    world.certificates()
    credit()
    assert bank.reconcile() == []
    assert everything(source.id, target.id) == before
    assert {one.id: ledger.whole(person_id=one.id) for one in world.people} == hours
    assert [db.session.get(Session, one.id).taken for one in world.sessions] == seats
