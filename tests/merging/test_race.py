"""In the same moment: two clerks with one pair, and a sign-up by the one whose file is emptied."""

import make
import pytest
from sqlalchemy import select
from together import together

from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.merging import rows, service
from talent.merging.models import Merge
from talent.merging.plan import Wish
from talent.people.models import Person
from talent.shifts.models import Need, Signup
from talent.shifts.places import service as places
from talent.shifts.places.service import Terms


def join(start, source_id, target_id):
    source, target = db.session.get(Person, source_id), db.session.get(Person, target_id)
    seen = service.outlook(source, target, Wish(), actor=SYSTEM, now=make.NOW).mark
    db.session.rollback()
    start()
    try:
        with writing():
            service.join(
                db.session.get(Person, source_id), db.session.get(Person, target_id), Wish(),
                why="x", seen=seen, papers_seen=True, actor=SYSTEM, now=make.NOW,
            )  # fmt: skip
    except Refused as refused:
        return refused.reasons[0].why.name
    return "joined"


def sign_up(start, person_id, shift_id):
    start()
    try:
        with writing():
            shift = places.held(shift_id)
            places.take(shift, shift.needs[0], person_id, actor=SYSTEM, now=make.NOW, terms=Terms())
    except Refused as refused:
        return refused.reasons[0].why.name
    return "taken"


@pytest.fixture
def office(app):
    return make.office()


def test_two_clerks_join_one_pair_once(settings, office, clock):
    one, other = make.person("王秀兰", at=office), make.person("王秀兰", at=office)
    make.record(one, office, 60)
    said = together(settings, *[(join, one.id, other.id)] * 2, *[(join, other.id, one.id)] * 2)
    assert said.count("joined") == 1
    assert set(said) <= {"joined", "JOINED", "CHANGED"}
    assert db.session.query(Merge).count() == 1


@pytest.mark.parametrize("_", range(3))
def test_a_sign_up_in_the_same_moment_is_with_the_file_that_stays_or_refused(
    settings, office, clock, _
):
    target, source = make.person("王秀兰", at=office), make.person("王秀兰", at=office)
    shift = make.shift(make.project(office), places=2)
    said = together(
        settings,
        (join, source.id, target.id),
        (sign_up, source.id, shift.id),
        (sign_up, target.id, shift.id),
    )
    assert set(said) <= {"joined", "taken", "CHANGED", "NOT_ACTIVE"}
    if "joined" in said:
        table = rows.table_of("signup")
        assert rows.read(table, table.c.person_id == source.id) == []
    live = db.session.scalars(select(Signup).where(Signup.state == "confirmed")).all()
    assert len(live) == db.session.scalars(select(Need.taken)).one()
