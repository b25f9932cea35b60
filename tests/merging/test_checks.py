"""A check that found something ends earlier clear ones, in whichever file of a person it lies."""

from datetime import date

import make
import making
import pytest
from joined import everything, join, part

from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.merging import service
from talent.rules.credentials import CheckResult
from talent.training.credentials import service as credentials
from talent.training.models import Credential, CredentialKind
from talent.training.service import VALID

EARLY, LATE = date(2025, 9, 1), date(2026, 5, 1)


@pytest.fixture
def files(app, clock):
    office = make.office()
    return make.person("王秀兰", at=office), make.person("王秀蘭", at=office)


@pytest.fixture
def second():
    return make.account()


def a_check(person, result, day, *, code="child_safety", verified=True):
    return making.credential(
        person, code, verified=verified, result=result, issued_on=day,
        valid_until=None, number=None, paper=("a.pdf", making.PDF),
    )  # fmt: skip


def another_check():
    like, code = making.kind("child_safety"), "elder_safety"
    shared = {column.name: getattr(like, column.name) for column in like.__table__.columns}
    with writing():
        db.session.add(CredentialKind(**shared | {"id": None, "code": code}))
    return code


def counting(person):
    query = db.select(Credential.id).where(Credential.person_id == person.id, VALID)
    return db.session.scalars(query.order_by(Credential.id)).all()


def traces(check):
    query = db.select(AuditEntry).filter_by(
        act=Act.CREDENTIAL_CHANGED, subject=f"credential:{check.id}"
    )
    found = db.session.scalars(query.order_by(AuditEntry.id)).all()
    return [each.facts["withdrawn"] for each in found if "withdrawn" in each.facts]


@pytest.mark.parametrize("clear_is_emptied", [False, True])
def test_a_clear_check_of_one_file_ends_by_what_was_found_since_in_the_other(
    files, clear_is_emptied
):
    clear_of, found_of = reversed(files) if clear_is_emptied else files
    target, source = files
    clear = a_check(clear_of, CheckResult.CLEAR, EARLY)
    waits = a_check(clear_of, CheckResult.CLEAR, EARLY.replace(day=2), verified=False)
    found = a_check(found_of, CheckResult.FOUND, LATE)
    newer = a_check(clear_of, CheckResult.CLEAR, LATE.replace(day=2))
    before = everything(target.id, source.id)
    merge = join(source, target)
    assert counting(target) == [newer.id]
    assert (clear.ended_at, clear.ended_why) == (make.NOW, "查询到记录")
    assert waits.ended_at == make.NOW
    assert found.ended_at is None
    assert traces(clear) == [True]
    assert traces(newer) == []
    part(merge)
    assert everything(target.id, source.id) == before
    assert merge.left == []
    assert counting(clear_of) == [clear.id, newer.id]
    assert traces(clear) == [True, False]


def test_what_does_not_count_or_is_of_another_kind_ends_nothing(files):
    target, source = files
    clear = a_check(target, CheckResult.CLEAR, EARLY)
    a_check(source, CheckResult.FOUND, LATE, verified=False)
    a_check(source, CheckResult.FOUND, EARLY.replace(month=8))
    withdrawn = a_check(source, CheckResult.FOUND, LATE.replace(day=3))
    a_check(source, CheckResult.FOUND, LATE, code=another_check())
    with writing():
        withdrawn.ended_at, withdrawn.ended_why = make.NOW, "误录"
    join(source, target)
    assert counting(target) == [clear.id]


def test_what_was_found_in_a_file_while_it_was_emptied_ends_them_too(files):
    target, source = files
    clear = a_check(target, CheckResult.CLEAR, EARLY)
    merge = join(source, target)
    found = a_check(source, CheckResult.FOUND, LATE)
    with writing():
        service.follow_late(make.NOW)
    assert counting(target) == []
    assert traces(clear) == [True]
    part(merge)
    assert counting(target) == [clear.id]
    db.session.refresh(found)
    assert found.person_id == source.id


def test_a_parted_file_is_looked_at_by_what_was_found_in_it_since(files, second):
    target, source = files
    clear = a_check(target, CheckResult.CLEAR, EARLY)
    a_check(source, CheckResult.FOUND, LATE)
    merge = join(source, target)
    later = a_check(target, CheckResult.FOUND, LATE.replace(day=9), verified=False)
    with writing():
        credentials.verify(later, actor=second.actor, now=make.NOW)
    part(merge)
    assert counting(target) == []
    assert clear.ended_at == make.NOW
    assert later.person_id == target.id
