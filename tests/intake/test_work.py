"""Imports beyond a list of names: columns, updates, families, other kinds, killed workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import make
import pytest
from sqlalchemy import func, select

from talent.access import Role
from talent.db import db, writing
from talent.errors import Refused
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.intake import jobs, service, working
from talent.intake.models import Intake, IntakeRow, IntakeState, RowState
from talent.people.history.models import PersonChange
from talent.people.households.models import HouseholdMember
from talent.people.models import Person, Registration
from talent.sheets.opening import grids
from talent.training.credentials import service as credentials
from talent.training.models import Credential, CredentialKind, TrainingRecord
from talent.training.records import service as records
from talent.training.service import seed_kinds

ROOT = Path(__file__).parent.parent.parent
HEADS = "姓名,性别,出生日期,证件类型,证件号码,联系电话"


@pytest.fixture
def here(app, clock):
    make.category("为老服务", "为老服务")
    return make.office("春风社区")


@pytest.fixture
def importer(here):
    return make.account(Role.COORDINATOR, here)


@pytest.fixture
def clerk(browser, importer):
    browser.sign_in(importer)
    return browser


def hand_in(clerk, office, *rows, kind="people", way="both", name="a.csv", content=None):
    sent = {"office": office.id, "kind": kind, "way": way, "paper": "y"}
    sent["file"] = (BytesIO(content or "\n".join(rows).encode()), name)
    return clerk.send("/people/imports", files_=True, **sent).location


def looked(clerk, address):
    jobs.work(make.NOW)
    return clerk.visit(address)


def confirm(clerk, address, page, **answers):
    hidden = page.all("input", type="hidden")
    version = next(e.get("value") for e in hidden if e.get("name") == "version")
    clerk.send(f"{address}/confirmation", version=version, **answers)
    jobs.work(make.NOW)
    return clerk.visit(address)


def through(clerk, office, *rows, **more):
    address = hand_in(clerk, office, *rows, **more)
    page = looked(clerk, address)
    return page, confirm(clerk, address, page), address


def latest():
    db.session.rollback()
    return db.session.scalars(select(Intake).order_by(Intake.id.desc())).first()


def rejected(clerk, address):
    answer = clerk.get(f"{address}/rejected")
    return grids("rejected.xlsx", answer.data)[0].rows


def some(number, born=date(1970, 1, 1)):
    return [f"王{n},,,,{make.resident_id(born + timedelta(n))},13800138000" for n in range(number)]


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_headings_that_nobody_knows_are_chosen_by_hand_and_known_the_next_time(clerk, here):
    number = make.resident_id()
    address = hand_in(clerk, here, "甲,乙,丙", f"王秀兰,{number},13800138000")
    assert address.endswith("/columns")
    page = clerk.send(address, status=422, **{"column-0": "name", "column-1": "name"})
    assert "One field stands in two columns" in page.words
    page = clerk.send(address, status=422, **{"column-0": "name"})
    assert "Choose the column for: Number of the document." in page.words
    chosen = {"column-0": "name", "column-1": "document", "column-2": "phone"}
    address = clerk.send(address, **chosen).location
    confirm(clerk, address, looked(clerk, address))
    assert db.session.scalars(select(Person.name)).all() == ["王秀兰"]
    again = hand_in(clerk, here, "丙,乙,甲", f"13800138001,{make.resident_id(serial=3)},李敏")
    assert not again.endswith("/columns")
    assert "李敏" in looked(clerk, again).words
    other = make.office("秋水社区", parent=None)
    clerk.sign_in(make.account(Role.COORDINATOR, other))
    assert hand_in(clerk, other, "丙,乙,甲", "1,2,3").endswith("/columns")


def test_beside_each_heading_stand_its_first_two_cells_and_no_whole_document(clerk, here):
    number = make.resident_id()
    rows = [f"王秀兰,{number},", "李敏,,13800138000", "赵强,,13900139000"]
    page = clerk.visit(hand_in(clerk, here, "甲,乙,丙", *rows), headers={"Accept-Language": "en"})
    shown = [
        " ".join("".join(line[1].itertext()).split())
        for line in (list(row.iter("td")) for row in page.all("tbody")[0].iter("tr"))
    ]
    assert shown[0] == "王秀兰 · 李敏"
    assert shown[2] == "13800138000"
    assert number[-4:] in shown[1] or "*" in shown[1]
    assert number not in page.words
    assert "赵强" not in page.words


def test_an_update_shows_old_and_new_before_and_empties_nothing(clerk, here):
    number = make.resident_id()
    through(clerk, here, HEADS + ",居住区域", f"王秀兰,,,,{number},13800138000,东里")
    address = hand_in(clerk, here, HEADS + ",居住区域", f"王秀兰,,,,{number},13900139000,")
    page = looked(clerk, address)
    assert "+8613800138000 → +8613900139000" in page.words
    person = db.session.scalars(select(Person)).one()
    assert person.phone == "+8613800138000"
    page = confirm(clerk, address, page)
    db.session.refresh(person)
    assert (person.phone, person.area) == ("+8613900139000", "东里")
    kept = db.session.scalars(select(PersonChange).order_by(PersonChange.id)).all()
    assert [(each.field, each.was[-4:], each.became[-4:]) for each in kept] == [
        ("phone", "8000", "9000")
    ]
    assert "updated 1" in page.words


def test_somebody_is_found_by_number_or_by_name_birth_date_and_phone(clerk, here):
    person = make.person("王秀兰", at=here)
    number = make.resident_id()
    through(clerk, here, HEADS, f"李敏,,,,{number},13800138000")
    min_ = db.session.scalars(select(Person).where(Person.name == "李敏")).one()
    rows = (
        "李敏,,1990-03-14,,,13800138000,西里",
        f"李敏,{min_.volunteer_no},,,,13900139000,北里",
        f"张三,{person.volunteer_no},,,,13900139000,北里",
        "无名氏,V000000000,,,,13900139000,北里",
    )
    address = hand_in(
        clerk, here, "姓名,志愿者编号,出生日期,证件类型,证件号码,联系电话,居住区域",
        "李敏,,1990-03-14,,,13800138000,西里", *rows[1:], way="update",
    )  # fmt: skip
    looked(clerk, address)
    query = select(IntakeRow).where(IntakeRow.intake_id == latest().id).order_by(IntakeRow.number)
    states = [row.state for row in db.session.scalars(query)]
    assert states == [
        RowState.UPDATE, RowState.DUPLICATE, RowState.REFUSED, RowState.REFUSED
    ]  # fmt: skip


def test_a_way_only_adds_or_only_updates(clerk, here):
    number = make.resident_id()
    through(clerk, here, HEADS, f"王秀兰,,,,{number},13800138000")
    address = hand_in(clerk, here, HEADS, f"王秀兰,,,,{number},13900139000", way="add")
    assert "nothing changes" in looked(clerk, address).words
    address = hand_in(clerk, here, HEADS, *some(1), way="update")
    assert "Nobody whom your offices know" in looked(clerk, address).words


def test_a_household_and_the_guardian_of_its_child_come_with_it(clerk, here):
    mother, child = make.resident_id(date(1985, 1, 2)), make.resident_id(date(2014, 5, 6))
    heads = HEADS + ",户号,与户主关系,监护人姓名,监护人证件号码,监护人电话"
    through(
        clerk, here, heads,
        f"小明,,,,{child},13800138000,0012,长子,赵红,{mother},13800138000",
        f"赵红,,,,{mother},13800138000,0012,户主,,,",
    )  # fmt: skip
    db.session.rollback()
    people = {p.name: p for p in db.session.scalars(select(Person).order_by(Person.id))}
    assert set(people) == {"小明", "赵红"}
    assert people["小明"].guardian_id == people["赵红"].id
    members = db.session.scalars(select(HouseholdMember).order_by(HouseholdMember.person_id)).all()
    assert {(m.person.name, m.household.number, m.relation, m.head) for m in members} == {
        ("小明", "0012", "长子", False),
        ("赵红", "0012", "户主", True),
    }
    states = {r.person.name: r.state.value for r in db.session.scalars(select(Registration))}
    assert states == {"小明": "applied", "赵红": "active"}


@pytest.mark.parametrize(
    ("guardian", "number", "said"),
    [
        ("钱红", make.resident_id(date(1985, 1, 2)), "another name"),
        ("赵小", make.resident_id(date(2013, 1, 2)), "must be of age"),
        ("", make.resident_id(date(1985, 1, 2)), "must not be empty"),
    ],
)
def test_a_guardian_who_cannot_be_one_refuses_the_row(clerk, here, guardian, number, said):
    through(clerk, here, HEADS, f"赵红,,,,{make.resident_id(date(1985, 1, 2))},13800138000")
    child = make.resident_id(date(2014, 5, 6))
    heads = HEADS + ",监护人姓名,监护人证件号码"
    address = hand_in(clerk, here, heads, f"小明,,,,{child},13800138000,{guardian},{number}")
    assert said in looked(clerk, address).words


def test_the_rejected_rows_come_back_with_the_reason_and_can_be_corrected(clerk, here):
    good = make.resident_id()
    rows = (f"=1+1,,,,{good},13800138000", f"王秀兰,未知,,,{good},13800138000", *some(1))
    *_, address = through(clerk, here, HEADS, *rows)
    found = rejected(clerk, address)
    assert found[0] == [*HEADS.split(","), "Why it was not taken"]
    assert [row[0] for row in found[1:]] == ["=1+1", "王秀兰"]
    assert "B3" in found[2][6]
    assert "is not a sex" in found[2][6]
    assert not grids("a.xlsx", clerk.get(f"{address}/rejected").data)[0].formulas
    corrected = [",".join(str(cell or "") for cell in row) for row in found]
    through(clerk, here, corrected[0], corrected[2].replace("未知", "女"))
    assert "王秀兰" in set(db.session.scalars(select(Person.name)))


def test_training_waits_for_a_second_person(clerk, importer, here):
    person = make.person("王秀兰", at=here)
    heads = "姓名,志愿者编号,培训名称,培训内容,培训日期,培训时长,培训组织者"
    row = f"王秀兰,{person.volunteer_no},急救,心肺复苏,2026-05-06,2.5,红十字会"
    wrong = f"王秀兰,{person.volunteer_no},急救,心肺复苏,2036-05-06,2.5,红十字会"
    *_, address = through(clerk, here, heads, row, wrong, kind="training")
    record = db.session.scalars(select(TrainingRecord)).one()
    assert (record.minutes, record.waits, record.organiser) == (150, True, "红十字会")
    with pytest.raises(Refused), writing():
        records.verify(record, actor=importer.actor, now=make.NOW)
    assert len(rejected(clerk, address)) == 2
    address = hand_in(clerk, here, heads, row, kind="training")
    assert "on record already" in looked(clerk, address).words


def test_credentials_wait_for_a_second_person(clerk, importer, here):
    with writing():
        seed_kinds()
    person = make.person("王秀兰", at=here)
    kind = db.session.scalars(select(CredentialKind).filter_by(code="first_aid")).first()
    if kind is None:
        kind = db.session.scalars(
            select(CredentialKind)
            .where(CredentialKind.number_mask.is_(None), ~CredentialKind.registered,
                   ~CredentialKind.is_check)
            .order_by(CredentialKind.id)
        ).first()  # fmt: skip
    heads = "姓名,志愿者编号,证书名称,证书编号,发证日期,有效期至"
    row = f"王秀兰,{person.volunteer_no},{kind.name_zh},A1234,2026-05-06,2028-05-05"
    unknown = f"王秀兰,{person.volunteer_no},飞行执照,A1234,2026-05-06,2028-05-05"
    *_, address = through(clerk, here, heads, row, unknown, kind="credentials")
    credential = db.session.scalars(select(Credential)).one()
    assert credential.verified_at is None
    with pytest.raises(Refused), writing():
        credentials.verify(credential, actor=importer.actor, now=make.NOW)
    assert "飞行执照" in rejected(clerk, address)[1][-1]
    address = hand_in(clerk, here, heads, row, kind="credentials")
    looked(clerk, address)
    assert set(service.counts(latest())) == {RowState.SAME}


HOURS = (
    "姓名,志愿者编号,服务日期,开始时间,结束时间,服务时长,活动名称,服务内容,服务地点,负责人,服务类别"
)


def hours(person, day="2026-05-06", start="9:00", end="11:30", length="", activity="送餐"):
    return (
        f"{person.name},{person.volunteer_no},{day},{start},{end},{length},{activity},"
        "给老人送餐,食堂,周强,为老服务"
    )


def test_past_hours_are_imported_and_wait_for_a_second_person(clerk, importer, here):
    person = make.person("王秀兰", at=here)
    rows = (
        hours(person),
        hours(person, start="10:00", end="12:00", activity="陪伴"),  # at the same time
        hours(person, start="", end="", length="1.5", activity="打扫"),
        hours(person, day="2036-01-01"),
        hours(person, day="2026-05-07", end="8:00"),
        hours(person),  # twice
    )
    *_, address = through(clerk, here, HOURS, *rows, kind="hours")
    db.session.rollback()
    found = db.session.scalars(select(ServiceRecord).order_by(ServiceRecord.id)).all()
    assert [(r.activity, r.claimed_minutes) for r in found] == [("送餐", 150), ("打扫", 90)]
    assert {(r.origin, r.state) for r in found} == {(Origin.IMPORTED, RecordState.PENDING)}
    assert not any(r.origin.verified for r in found)
    assert all(r.minutes == 0 and "a.csv" in r.evidence for r in found)
    own = clerk.send(f"/hours/{found[0].id}/approval", 409)
    assert "by someone other than who entered them" in own.words
    clerk.sign_in(make.account(Role.COORDINATOR, here)).send(f"/hours/{found[0].id}/approval")
    clerk.sign_in(importer)
    db.session.rollback()
    why = [row[-1] for row in rejected(clerk, address)[1:]]
    assert len(why) == 4
    address = hand_in(clerk, here, HOURS, rows[0], rows[2], kind="hours")
    looked(clerk, address)
    assert service.counts(latest()) == {RowState.SAME: 2}


def test_cancelling_keeps_what_was_taken_and_gives_the_others_back(clerk, here):
    address = hand_in(clerk, here, HEADS, *some(300))
    page = looked(clerk, address)
    version = latest().version
    clerk.send(f"{address}/confirmation", version=version)
    number = latest().id
    with writing():
        assert working.claim(make.NOW) == number
    with writing():
        assert working.take(number, make.NOW)
    page = clerk.visit(address)
    assert page.all("section", id="progress")
    assert "200 of 300 rows taken" in page.words
    clerk.send(f"{address}/cancellation")
    jobs.work(make.NOW)
    assert count(Person) == 200
    assert latest().state is IntakeState.STOPPED
    found = rejected(clerk, address)
    assert len(found) == 101
    assert "Cancelled" in found[-1][-1]


@pytest.mark.parametrize(
    ("good", "where"), [(60, "stands below them"), (260, "Rows up to 201 were looked at")]
)
def test_a_file_that_breaks_below_its_headings_says_what_and_where(clerk, here, good, where):
    lines = [HEADS, *some(good), '"王断,,,,110101197003071234,13800138000']
    address = hand_in(clerk, here, *lines)
    page = looked(clerk, address)
    assert latest().state is IntakeState.FAILED
    assert f"Row {good + 2}: a quotation mark does not close or stands alone." in page.words
    assert where in page.words
    assert count(Person) == 0


def test_rights_that_were_taken_away_end_what_waits(clerk, importer, here):
    address = hand_in(clerk, here, HEADS, *some(3))
    looked(clerk, address)
    clerk.send(f"{address}/confirmation", version=latest().version)
    with writing():
        for grant in importer.grants:
            grant.ended_at = make.NOW
            db.session.delete(grant)
    jobs.work(make.NOW + timedelta(minutes=5))
    assert count(Person) == 0
    assert latest().state is IntakeState.FAILED


@pytest.mark.parametrize("step", ["look_at", "take"])
def test_a_worker_killed_in_a_piece_loses_and_doubles_nothing(clerk, here, monkeypatch, step):
    """The first piece is committed, the second one is lost with its worker, the next goes on."""
    address = hand_in(clerk, here, HEADS, *some(450))
    if step == "take":
        looked(clerk, address)
        clerk.send(f"{address}/confirmation", version=latest().version)
    real, calls = getattr(working, step), []

    class Killed(BaseException):
        """As when the process ends: nothing after it runs, and the connection rolls back."""

    def die(*args, **more):
        calls.append(1)
        answer = real(*args, **more)
        if len(calls) == 2:
            raise Killed
        return answer

    monkeypatch.setattr(working, step, die)
    with pytest.raises(Killed):
        jobs.work(make.NOW)
    db.session.rollback()
    assert count(IntakeRow) == (200 if step == "look_at" else 450)
    assert count(Person) == (0 if step == "look_at" else 200)
    jobs.work(make.NOW)  # the lease of the dead one holds
    assert count(IntakeRow) == (200 if step == "look_at" else 450)
    jobs.work(make.NOW + timedelta(minutes=5))
    if step == "look_at":
        assert service.counts(latest()) == {RowState.TAKE: 450}
    else:
        assert count(Person) == count(Registration) == 450
        assert latest().counts == {"added": 450}
        assert count(IntakeRow) == 0


def test_rows_and_file_go_after_a_week(clerk, here):
    _, _, address = through(clerk, here, HEADS, "王秀兰,,,,1,13800138000", *some(1))
    assert count(IntakeRow) == 1
    with writing():
        jobs.forget(make.NOW + timedelta(days=6))
    assert count(IntakeRow) == 1
    with writing():
        jobs.forget(make.NOW + timedelta(days=8))
    assert count(IntakeRow) == 0
    assert "added 1" in clerk.visit(address).words


def test_what_nobody_confirmed_ends_when_it_is_forgotten_and_not_before(clerk, here):
    address = hand_in(clerk, here, HEADS, *some(1))
    looked(clerk, address)
    later = make.NOW + timedelta(days=8)
    with writing():
        jobs.forget(later)
    db.session.rollback()
    assert (latest().state, latest().finished_at) == (IntakeState.STOPPED, later)


KILLED = """
import os, signal, sys
from datetime import datetime
from talent.app import create_app
from talent.intake import jobs, working

real, calls = working.take, []


def take(*args, **more):
    answer = real(*args, **more)
    working.db.session.flush()
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)  # the piece is written, and not committed
    return answer


working.take = take
with create_app().app_context():
    jobs.work(datetime.fromisoformat(sys.argv[1]))
"""


def test_a_process_that_is_killed_leaves_whole_pieces_and_the_next_one_goes_on(
    settings, clerk, here
):
    address = hand_in(clerk, here, HEADS, *some(450))
    looked(clerk, address)
    clerk.send(f"{address}/confirmation", version=latest().version)
    db.session.rollback()
    environ = os.environ | {
        "TALENT_ENV": "testing",
        "TALENT_HOME": str(settings.TALENT_HOME),
        "DATABASE_URL": settings.SQLALCHEMY_DATABASE_URI,
    }
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, make.NOW.isoformat()], cwd=ROOT, env=environ, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert count(Person) == 200
    jobs.work(make.NOW + timedelta(days=1000))
    assert count(Person) == count(Registration) == 450
    assert latest().counts == {"added": 450}
