"""Two machines with pages share nothing but the database and the keys, and are one service.

SQLite is for one machine: there both names mean the same one, and all of this holds as well.
"""

from __future__ import annotations

import io
import re
import threading
import time
from collections import Counter
from datetime import timedelta

import conftest
import make
import making
import plan
import pytest
import sound
from accounts.cast import PASSWORD, holder
from earnest.fleet import Machine, Person, environment
from PIL import Image
from races import in_hours

from talent import clock
from talent.access import Role
from talent.certificates.models import Certificate
from talent.db import db
from talent.hours.models import CorrectionRequest, ServiceRecord
from talent.offices.models import OfficeRule, Setting
from talent.rules.signing_in import FREE_TRIES
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Signup
from talent.training.courses.models import Material

CROWD, PLACES = 12, 5


@pytest.fixture
def machines(app, tmp_path):
    """A and B, which have never seen each other's folder."""
    homes = [tmp_path / "a", tmp_path / "b"] if conftest.POSTGRESQL else [app.config["TALENT_HOME"]]
    found = [Machine(environment(app, home), tmp_path / f"{home.name}.log") for home in homes]
    try:
        for each in found:
            each.until_up()
        yield found * 2 if len(found) == 1 else found
    finally:
        for each in found:
            each.kill()


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def enter(app):
    """Come in past the sign-in page, which has a test of its own."""

    def come(account):
        name, key = account.get_id(), make.session(account.id)
        browser = app.test_client()
        with browser.session_transaction() as session:
            session.update({"_user_id": name, "_fresh": True, "key": key})
        return Person(browser.get_cookie("talent").value)

    return come


def test_two_machines_are_one_service(machines, office, enter, subtests):
    for fact in (
        sessions, guesses, forms, evidence, photographs, material, certificates, rules,
        what_is_said, a_rush, figures,
    ):  # fmt: skip
        with subtests.test(fact.__name__):
            fact(*machines, office, enter)
            db.session.rollback()
    assert sound.faults() == []


def sessions(a, b, _office, _enter):
    """Begun on one it holds on the other; ended on one it is over on both."""
    login = holder().email
    first, second = Person(), Person()
    first.sign_in(a, login, PASSWORD)
    second.sign_in(b, login, PASSWORD)
    assert [who.is_in(at) for who in (first, second) for at in (a, b)] == [True] * 4
    copied = Person(first.cookies["talent"])
    second.visit(a, "/account/devices")
    second.send(a, "/account/devices/others/end")
    assert [first.is_in(b), first.is_in(a), second.is_in(b)] == [False, False, True]
    second.visit(b, "/account/")
    copied.cookies["talent"] = second.cookies["talent"]
    second.send(b, "/account/sign-out")
    assert [who.is_in(at) for who in (second, copied) for at in (a, b)] == [False] * 4


def guesses(a, b, _office, _enter):
    """Wrong passwords count together, wherever they are tried."""
    login = holder().email
    for number in range(FREE_TRIES):
        Person().sign_in((a, b)[number % 2], login, "wrong", status=422)
    for at in (a, b):
        Person().sign_in(at, login, PASSWORD, status=429)


def forms(a, b, office, enter):
    """The same form, sent to both in the same moment, is one act, and both lead to it."""
    clerk = make.account(Role.COORDINATOR, office)
    person, category = make.person("赵六", at=office), make.category().id
    boss = enter(clerk)
    address = f"/hours/people/{person.id}/entry"
    boss.visit(a, address)
    day = clock.now() - timedelta(days=3)
    told = {
        "activity": "防汛值守", "starts_at": f"{day:%Y-%m-%d}T09:00", "place": "河堤",
        "ends_at": f"{day:%Y-%m-%d}T10:00", "content": "巡查河堤", "person_in_charge": "李主任",
        "evidence": "签到表", "office_id": office.id, "category_id": category,
        "form_key": "sent-to-both",
    }  # fmt: skip
    led = together([lambda at=at: boss.send(at, address, **told).location for at in (a, b, a, b)])
    assert len(set(led)) == 1
    assert now().query(ServiceRecord).filter_by(person_id=person.id).count() == 1


def evidence(a, b, office, enter):
    """A scan that was handed in on one machine is read on the other to the byte."""
    account = make.volunteer(office)
    record = make.record(account.person, office, 60)
    picture = drawn("PNG")
    who = enter(account)
    who.visit(a, f"/hours/{record.id}/doubt")
    told = {"wrong": "不对", "file": (io.BytesIO(picture), "合影.png")}
    who.send(a, f"/hours/{record.id}/doubt", files=True, **told)
    number = now().query(CorrectionRequest.id).filter_by(record_id=record.id).scalar()
    assert who.visit(b, f"/hours/doubts/{number}/evidence").data == picture


def photographs(a, b, office, enter):
    make.saved(
        OfficeRule(
            office_id=office.id, name=Setting.PHOTOGRAPHS.value, value="on",
            valid_from=make.TODAY, set_at=make.NOW,
        )
    )  # fmt: skip
    account = make.volunteer(office)
    who, address = enter(account), f"/people/{account.person_id}"
    who.visit(a, f"{address}/photograph")
    told = {"picture": (io.BytesIO(drawn("JPEG")), "me.jpg"), "agreed": "y"}
    who.send(a, f"{address}/photograph", files=True, **told)
    made = who.visit(b, f"{address}/picture").data
    assert Image.open(io.BytesIO(made)).format == "WEBP"
    assert who.visit(a, f"{address}/picture").data == made


def material(a, b, office, enter):
    """Of a course."""
    boss = enter(make.account(Role.COORDINATOR, office))
    address = f"/training/courses/{making.course(office).id}"
    boss.visit(a, address)
    paper = making.PDF + bytes(range(256)) * 300
    told = {"title": "讲义", "file": (io.BytesIO(paper), "手册.pdf")}
    boss.send(a, f"{address}/materials", files=True, **told)
    number = now().query(Material.id).scalar()
    assert boss.visit(b, f"{address}/materials/{number}").data == paper


def certificates(a, b, office, enter):
    """Issued on one machine it is checked on the other, and printed there to the same byte."""
    account = make.volunteer(office)
    make.record(account.person, office, 60)
    who = enter(account)
    who.visit(a, "/certificates/")
    who.send(a, "/certificates/", language="both", last="2026-06-01", office_id=office.id)
    number, id_ = now().query(Certificate.number, Certificate.id).one()
    assert "This certificate is valid" in Person().visit(b, f"/verify/{number}").text
    printed = who.visit(b, f"/certificates/{id_}/pdf").data
    assert printed.startswith(b"%PDF")
    assert who.visit(a, f"/certificates/{id_}/pdf").data == printed
    asked = Person()
    asked.visit(b, "/verify")
    found = asked.send(b, "/verify", 200, files=True, file=(io.BytesIO(printed), "a.pdf"))
    assert "no byte was changed" in found.text


def rules(a, b, office, enter):
    """What an office has set on one machine holds on the other at its next request."""
    boss = enter(make.account(Role.MANAGER, office))
    today = clock.today(office.zone, clock.now())  # which begins before that of UTC
    for value, at, then in ((37, a, b), (73, b, a)):
        address = f"/offices/{office.id}/rules/{Setting.CANCEL_MINUTES.value}"
        boss.visit(at, address)
        boss.send(at, address, value=value, valid_from=today.isoformat())
        shown = boss.visit(then, f"/offices/{office.id}/rules").text
        assert re.search(rf"\b{value}\b", shown)
    assert "银龄标准" not in boss.visit(b, "/staffing/standards").text
    address = "/staffing/standards/new?kind=band"
    boss.visit(a, address)
    boss.send(
        a, address, name_zh="银龄标准", office=office.id, population_kind="households",
        count_mode="headcount", count_on_leave="y", kinds="full_time", valid_from="2026-01-01",
        source="区政府", bands="0-3000: 5-7\n3000-: 7-9",
    )  # fmt: skip
    assert "银龄标准" in boss.visit(b, "/staffing/standards").text


def what_is_said(a, b, office, enter):
    """The sentence after an act and the language survive the change of the machine."""
    account = make.volunteer(office)
    who = enter(account)
    who.visit(a, "/account/")
    who.send(a, "/preferences", language="zh", next="/account/")
    assert 'lang="zh-CN"' in who.visit(b, "/account/").text
    who.send(b, "/preferences", language="en", next="/account/")
    assert 'lang="en"' in who.visit(a, "/account/").text
    elsewhere = enter(account)
    del elsewhere.cookies["lang"]
    assert 'lang="en"' in elsewhere.visit(b, "/account/").text
    shift = plan.shift(plan.project(office), in_hours(48))
    led = who.send(a, plan.signup_url(shift)).location
    assert "You have a place." in who.visit(b, led).text


def a_rush(a, b, office, enter):
    """A crowd at both machines, more than there are places: none is given twice."""
    shift = plan.shift(plan.project(office), in_hours(48), places=PLACES)
    address, number = plan.signup_url(shift), shift.id
    crowd = [enter(make.volunteer(office)) for _ in range(CROWD)]
    for place, who in enumerate(crowd):
        who.visit((a, b)[place % 2], "/account/")
    answers = together(
        [
            lambda who=who, place=place: until_told(who, (a, b)[place % 2], address)
            for place, who in enumerate(crowd)
        ]
    )
    assert Counter(answers) == {303: PLACES, 409: CROWD - PLACES}
    found = now().query(Signup).filter_by(shift_id=number, state=SignupState.CONFIRMED)
    assert found.count() == PLACES
    assert now().query(Need.taken).filter_by(shift_id=number).scalar() == PLACES


def figures(a, b, _office, _enter):
    """Whichever process of a machine is asked tells what all of them have counted."""
    for machine in {a, b}:
        for _ in range(8):
            Person().visit(machine, "/account/sign-in")
        said = [Person().visit(machine, "/metrics").text for _ in range(4)]
        counted = {
            line.rpartition(" ")[2]
            for text in said
            for line in text.splitlines()
            if line.startswith('talent_requests_total{endpoint="accounts.sign_in",status="200"')
        }
        assert len(counted) == 1
        assert int(counted.pop()) >= 8
        assert all("\ntalent_processes 2\n" in text for text in said)
        assert all(re.search(r"^talent_db_connections_most [1-9]", t, re.MULTILINE) for t in said)


def until_told(who, machine, address):
    """Who is asked to come again does."""
    for _ in range(60):
        answer = who.send(machine, address, status=None).status
        if answer != 503:
            break
        time.sleep(0.5)
    return answer


def together(acts):
    """All in the same moment; what each answered."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        found[place] = act()

    runners = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=300)
    return found


def drawn(kind):
    written = io.BytesIO()
    Image.effect_noise((400, 500), 60).convert("RGB").save(written, kind)
    return written.getvalue()


def now():
    """The rows as they are at this moment."""
    db.session.rollback()
    return db.session
