"""Killed with -9 at every step of issuing: no number twice, nobody twice, the same paper again."""

from __future__ import annotations

import itertools
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path

import dying
import make
import pytest

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.certificates import content as contents
from talent.certificates.batches.models import BatchMember, BatchPart, MemberState
from talent.certificates.models import Certificate, CertificateLine
from talent.certificates.register.models import RegisterEntry
from talent.db import db

PEOPLE = 3 * dying.PIECE


@pytest.fixture
def office(app):
    return make.office()


def whole():
    """Every certificate is there with all its parts or not at all, each number once."""
    db.session.rollback()
    made = db.session.query(Certificate).all()
    assert len({each.number for each in made}) == len(made)
    assert all(each.digest == contents.digest(each.content) for each in made)
    assert all(each.total_minutes == sum(line.minutes for line in each.lines) for each in made)
    entries = db.session.query(RegisterEntry).order_by(RegisterEntry.sequence).all()
    assert [each.sequence for each in entries] == list(range(1, len(made) + 1))
    assert {each.certificate_id for each in entries} == {each.id for each in made}
    assert db.session.query(AuditEntry).filter_by(act=Act.CERTIFICATE_ISSUED).count() == len(made)
    lines = db.session.query(CertificateLine.certificate_id).distinct().count()
    assert lines == len(made)
    return made


def test_a_certificate_that_was_killed_at_any_step_is_issued_once_when_it_is_asked_for_again(
    browser, clock, office
):
    account = make.volunteer(office)
    make.record(account.person, office, 60, day=date(2026, 5, 1))
    browser.sign_in(account)
    typed = {"language": "zh", "once": "the-form-that-was-sent"}
    for step in itertools.count(1):
        done = dying.child(step, lambda: browser.send("/certificates/", **typed))
        before = [each.number for each in whole()]
        assert len(before) <= 1
        if done:
            break
    assert step > 20, "it died at every step"
    db.session.remove()
    shown = browser.send("/certificates/", **typed).location
    assert [each.number for each in whole()] == before
    once = browser.get(f"{shown}/pdf").data
    assert once.startswith(b"%PDF")
    assert browser.get(f"{shown}/pdf").data == once


def test_a_batch_whose_worker_is_killed_at_every_step_ends_with_one_certificate_each(
    browser, clock, office, settings
):
    coordinator = make.account(Role.COORDINATOR, office)
    for number in range(PEOPLE):
        person = make.person(f"王{chr(0x4E00 + number)}", at=office)
        make.record(person, office, 60 + number, day=date(2026, 5, 1))
    shown = browser.sign_in(coordinator).send(
        "/certificates/batches/new", language="zh", who="hours"
    )
    db.session.remove()
    database, home = settings.SQLALCHEMY_DATABASE_URI, str(settings.TALENT_HOME)
    program = [sys.executable, str(Path(dying.__file__)), database, home]
    told = subprocess.run(program, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    assert int(told.stdout.split()[-1]) > 10, "it died at every step"
    made = whole()
    assert Counter(each.person_id for each in made).most_common(1)[0][1] == 1
    assert len(made) == PEOPLE
    assert {member.state for member in db.session.query(BatchMember)} == {MemberState.PRINTED}
    assert [part.number for part in db.session.query(BatchPart).order_by(BatchPart.id)] == [1, 2, 3]
    file = zipfile.ZipFile(BytesIO(browser.get(f"{shown.location}/zip").data))
    assert file.testzip() is None
    assert sorted(file.namelist()) == sorted(
        f"{each.content['person']['name']}_{each.number}.pdf" for each in made
    )
    one = made[3]
    name = f"{one.content['person']['name']}_{one.number}.pdf"
    assert file.read(name) == browser.get(f"/certificates/{one.id}/pdf").data
