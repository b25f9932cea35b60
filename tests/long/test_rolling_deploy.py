"""A new version beside the release before, on one database with the new tables.

The release before is taken out of the history; a clone without that says that it was not run.
What can be asked without, the suite asks: tests/earnest/test_release_before.py.
"""

from __future__ import annotations

from datetime import timedelta

import flask_migrate
import make
import plan
from accounts.cast import PASSWORD, holder
from earnest import release, rolling
from earnest.fleet import Machine, Person, environment
from machines import ROOT
from races import in_hours

from talent import clock, demo
from talent.access import Role
from talent.certificates.models import Certificate
from talent.db import db, writing
from talent.fsck import service as fsck
from talent.hours.models import RecordState, ServiceRecord
from talent.shifts.models import Attendance, Signup


def test_the_release_before_and_the_new_one_serve_beside_each_other(
    before, tmp_path, capsys, subtests
):
    code = rolling.unpacked(tmp_path / "before")
    if code is None:
        with capsys.disabled():
            print(f"\nThe release before was not run. {release.MISSING}")
        return
    flask_migrate.upgrade()
    with writing():
        demo.load(clock.now())
    db.session.remove()
    homes = [tmp_path / "old", tmp_path / "new"]
    env = [environment(before, home) for home in homes]
    # It calls newer tables "not migrated": docs/operate.md says what to ask it for that time.
    old = Machine(env[0], tmp_path / "old.log", cwd=code, ready="/healthz")
    new = Machine(env[1], tmp_path / "new.log")
    try:
        old.until_up()
        new.until_up()
        for machine, its in ((old, code), (new, ROOT)):
            with subtests.test(f"pages of {its.name}"):
                pages(machine, its, capsys)
        for x, y in ((old, new), (new, old)):
            with subtests.test(f"acts, first on {x.said.stem}"):
                acts(x, y)
    finally:
        old.kill()
        new.kill()
    with subtests.test("fsck"):
        found = list(fsck.run(clock.now(), promoted=clock.now()))
        assert [(one.check.code, one.first) for one in found if one.faults] == []


def pages(machine, code, capsys):
    """Whoever looks at whatever: no page breaks."""
    broken, seen = [], 0
    for says, login, password in [("nobody", None, None), *demo.sign_ins()]:
        who = rolling.signed_in(machine, login, password) if login else Person()
        answers = rolling.walked(machine, who, code)
        assert answers.pop("/readyz") == (200 if code == ROOT else 503)
        seen += len(answers)
        broken += [(says, path, status) for path, status in answers.items() if status >= 500]
    with capsys.disabled():
        print(f"\n{machine.said.stem}: {seen} pages, {len(broken)} broken")
    assert broken == [], machine.said.read_text()[-6000:]


def acts(x, y):
    """What was done on one is seen and gone on with on the other."""
    office = make.office()
    wang = holder(Role.VOLUNTEER, office, person=make.person(at=office))
    boss, second = holder(Role.COORDINATOR, office), holder(Role.COORDINATOR, office)
    logins = [each.email for each in (wang, boss, second)]
    project = plan.project(office)
    coming, running = plan.shift(project, in_hours(60)), plan.shift(project, in_hours(-1), hours=4)
    place = plan.place(running, wang.person).id
    took, person = plan.signup_url(coming), wang.person_id
    at, runs, office_id, category = coming.id, running.id, office.id, make.category().id
    db.session.remove()

    on_x, on_y = [
        [rolling.signed_in(machine, login, PASSWORD) for login in logins] for machine in (x, y)
    ]
    volunteer, leader, _ = on_x
    same, other, approver = on_y
    volunteer.visit(x, "/shifts/")
    volunteer.send(x, took)
    assert f"/shifts/{at}" in same.visit(y, "/shifts/mine").text
    same.visit(y, "/account/")
    same.send(y, f"/shifts/{at}/cancellation")
    assert state_of(at, person) == "cancelled"
    volunteer.send(x, took)
    assert state_of(at, person) == "confirmed"

    leader.visit(x, f"/shifts/{runs}/roster")
    leader.send(x, f"/shifts/signups/{place}/arrival")
    other.visit(y, f"/shifts/{runs}/roster")
    other.send(y, f"/shifts/signups/{place}/departure")
    db.session.rollback()
    came = db.session.query(Attendance).filter_by(signup_id=place).one()
    assert came.in_at
    assert came.out_at

    day = clock.now() - timedelta(days=5)
    leader.visit(x, f"/hours/people/{person}/entry")
    leader.send(
        x, f"/hours/people/{person}/entry", activity="防汛值守", place="河堤", content="巡查河堤",
        starts_at=f"{day:%Y-%m-%d}T09:00", ends_at=f"{day:%Y-%m-%d}T11:00", evidence="签到表",
        person_in_charge="李主任", office_id=office_id, category_id=category,
    )  # fmt: skip
    record = now().query(ServiceRecord).filter_by(person_id=person).one().id
    approver.visit(y, "/hours/review")
    approver.send(y, f"/hours/{record}/approval")
    approved = now().query(ServiceRecord).filter_by(id=record).one().state
    assert approved is RecordState.APPROVED

    volunteer.visit(x, "/certificates/")
    told = {"language": "both", "last": f"{clock.now():%Y-%m-%d}", "office_id": office_id}
    volunteer.send(x, "/certificates/", **told)
    paper = now().query(Certificate).filter_by(person_id=person).one()
    for machine, who in ((x, volunteer), (y, same)):
        assert paper.number in who.visit(machine, f"/verify/{paper.number}").text
        assert who.visit(machine, f"/certificates/{paper.id}/pdf").data.startswith(b"%PDF")

    # Sessions of the release before have no row: the new one asks to sign in, and leads back. What
    # was begun on the new one the release before takes, too.
    assert volunteer.is_in(x)
    elsewhere = volunteer.ask(y, "GET", "/shifts/mine")
    if y.ready == "/readyz":
        assert "/account/sign-in?next=" in elsewhere.location
    else:
        assert elsewhere.status == 200


def state_of(shift, person):
    found = now().query(Signup).filter_by(shift_id=shift, person_id=person)
    return found.order_by(Signup.id.desc()).first().state.value


def now():
    """The rows as they are at this moment."""
    db.session.rollback()
    return db.session
