"""What other features ask: many people at once, in the shape of the law."""

from datetime import date

import make
import making
from counting import queries
from sqlalchemy import select

from talent.access import SYSTEM
from talent.db import db, writing
from talent.people.models import Person
from talent.rules.signup import GateKind, Held
from talent.training import service
from talent.training.credentials import service as credentials
from talent.training.models import CredentialKind
from talent.training.records import service as records


def test_kinds_are_seeded_once_and_an_office_s_words_stay(cast):
    with writing():
        assert service.seed_kinds() == len(service.KINDS)
        db.session.query(CredentialKind).filter_by(code="driving").one().name_zh = "驾照"
    with writing():
        assert service.seed_kinds() == 0
    kinds = {kind.code: kind for kind in service.kinds()}
    assert kinds["driving"].name_zh == "驾照"
    assert [k.code for k in kinds.values() if k.professional and not k.lapses and k.grade] == [
        "assistant_social_worker",
        "social_worker",
        "senior_social_worker",
    ]


def test_only_what_is_verified_and_stands_opens_a_gate(cast):
    first_aid = making.credential(cast.person)
    making.credential(cast.person, verified=False)
    gone = making.credential(cast.person, code="driving")
    with writing():
        credentials.withdraw(gone, why="x", actor=SYSTEM, now=make.NOW)
    held = Held(GateKind.CREDENTIAL, first_aid.kind_id, date(2025, 1, 10), date(2026, 12, 31))
    assert service.credentials_of([cast.person.id]) == {cast.person.id: [held]}
    assert service.credentials_of([cast.person.id], {gone.kind_id}) == {}


def test_a_course_opens_a_gate_until_its_record_is_taken_back(cast):
    course = making.course(cast.office, valid_months=12)
    record = making.learned(cast.person, cast.office, course=course)
    making.learned(cast.person, cast.office)
    held = Held(GateKind.TRAINING, course.id, date(2026, 5, 1), date(2027, 5, 1))
    assert service.trainings_of([cast.person.id], [course.id]) == {cast.person.id: [held]}
    assert service.held_by([cast.person.id]) == {cast.person.id: [held]}
    with writing():
        records.withdraw(record, why="x", actor=SYSTEM, now=make.NOW)
    assert service.held_by([cast.person.id]) == {}


def test_many_people_are_one_question_and_may_be_a_query(cast):
    course = making.course(cast.office)
    people = [make.person(at=cast.office) for _ in range(3)]
    for person in people:
        making.credential(person, code="social_worker")
        making.learned(person, cast.office, course=course)
    everybody = select(Person.id)
    with queries() as sent:
        assert len(service.held_by(everybody)) == 3
    assert len([s for s in sent if s.startswith("SELECT")]) == 2
