"""After a restore nothing that was given since the backup is given to anybody else (F32)."""

from __future__ import annotations

from datetime import date

import desk
import make
import plan
import pytest
from keeping import backed_up, run
from pages import Browser
from sqlalchemy import func

from talent import seal
from talent.accounts.models import Account
from talent.audit import AuditEntry
from talent.backup import copies
from talent.backup.numbers import GAP
from talent.certificates.badges import status
from talent.certificates.models import Certificate
from talent.checkin.queue.models import QueuedAct
from talent.db import db, writing
from talent.merging import finding
from talent.merging.models import Pair
from talent.messages.models import Message
from talent.offices.models import Office
from talent.rules.queue import Verdict
from talent.shifts.models import Attendance, Signup
from talent.shifts.signups import service as signups


@pytest.fixture
def office_id(app, clock):
    return make.office().id


def given(app, office_id, name):
    """Somebody new with a certificate and a place today; what of it leaves the database."""
    office = db.session.get_one(Office, office_id)
    account = make.volunteer(office, name)
    make.record(account.person, office, 60, day=date(2026, 5, 1))
    app.test_client_class = Browser
    visitor = app.test_client().speak("en").sign_in(account)
    visitor.send("/certificates/", language="zh", once=name)
    signup = plan.place(desk.shift(office), account.person)
    db.session.rollback()
    paper = db.session.query(Certificate).filter_by(person_id=account.person_id).one()
    out = {
        "certificate": paper.id, "number": paper.number, "badge": status.place_of(paper.id),
        "volunteer": account.person.volunteer_no, "person": account.person_id,
        "account": account.id, "shift": signup.shift_id, "signup": signup.id,
        "answer": seal.sign("shifts.answer", [signup.id, 1]),
    }  # fmt: skip
    db.session.rollback()
    return out


def test_what_was_given_since_the_backup_is_never_given_to_anybody_else(
    app, office_id, clock, tmp_path
):
    before = given(app, office_id, "王秀兰")
    leader_id = plan.leader(db.session.get_one(Office, office_id)).id
    file = backed_up(app, tmp_path / "kept")
    lost = given(app, office_id, "李建国")
    code, said = run(app, "restore", file, "--over", copies.told(file)["database"])
    assert code == 0, said
    found = [given(app, office_id, name) for name in ("张伟", "刘洋")]

    for other in found:
        assert {name for name in lost if lost[name] == other[name]} <= {"badge"}
    assert len({each["signup"] for each in (before, lost, *found)}) == 4

    visitor = app.test_client().speak("zh")
    page = visitor.visit(f"/verify/{lost['number']}", status=404)
    assert "张伟" not in page.words
    assert "刘洋" not in page.words
    assert "李建国" not in page.words
    assert before["number"] in visitor.visit(f"/verify/{before['number']}").words
    assert visitor.get(f"/shifts/answers/{lost['answer']}").status_code == 404

    leader = db.session.get_one(Account, leader_id)
    phone = desk.Device(app.test_client().speak("en").sign_in(leader))
    at = make.hours_later(1)
    clock.move_to(at)
    phone.bring([phone.tap(lost["signup"], "in", at), phone.tap(before["signup"], "in", at)], at)
    taps = {row.wanted: row.outcome for row in db.session.query(QueuedAct)}
    assert taps == {lost["signup"]: Verdict.REFUSED, before["signup"]: Verdict.TAKEN}
    [here] = db.session.query(Attendance)
    assert here.signup_id == before["signup"]


def test_a_second_restore_of_the_same_file_passes_by_what_the_first_one_led_to(
    app, office_id, tmp_path
):
    file = backed_up(app, tmp_path / "kept")
    name = copies.told(file)["database"]
    numbers = []
    for _ in range(2):
        code, said = run(app, "restore", file, "--over", name)
        assert code == 0, said
        office = db.session.get_one(Office, office_id)
        wang, shift = make.volunteer(office), plan.shift(plan.project(office))
        alike = [make.person("李建国", at=office).id for _ in range(3)]
        with writing():  # past the session
            signups.sign_up(shift.id, shift.needs[0].id, actor=wang.actor, now=make.NOW)
            finding.compare_anew(alike, make.NOW)
        signup = db.session.query(Signup).filter_by(shift_id=shift.id).one()
        entry = db.session.query(AuditEntry).filter_by(subject=f"signup:{signup.id}").one()
        letter = db.session.query(func.max(Message.id)).scalar()
        pair = db.session.query(func.max(Pair.id)).scalar()
        numbers.append((signup.id, wang.person_id, entry.id, letter, pair))
        db.session.rollback()
    for once, again in zip(*numbers, strict=True):
        assert GAP < once < again
