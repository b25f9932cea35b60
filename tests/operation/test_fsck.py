"""`flask fsck` sees what it is there for: each fault is planted past the database's own guards."""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from datetime import date, timedelta

import make
import plan
import pytest
import sound
from sqlalchemy import text

from talent.access import Role
from talent.certificates.models import Certificate
from talent.db import db, writing
from talent.fsck import service
from talent.fsck.finding import Moment, Soon
from talent.messages.models import JobRun, MessageKind
from talent.messages.service import tell
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Signup
from talent.staffing.facts import Populations, Post
from talent.staffing.models import Appointment, AppointmentKind
from talent.staffing.standards.service import seed_standards

LATER = make.NOW + timedelta(days=1)


def says(holds):
    """What one check finds."""
    db.session.rollback()
    [check] = [each for each in service.CHECKS if each.holds.startswith(holds)]
    found = list(check.find(Moment(make.NOW, LATER)))
    db.session.rollback()
    return found


@contextmanager
def unguarded():
    """As somebody at the database's own console who knows how to pass everything by."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            for word in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                raw.execute(f"PRAGMA {word}")
            dropped = raw.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in dropped:
                raw.execute(f"DROP TRIGGER {name}")
            yield lambda said, **given: raw.execute(said, given)
            for _, again in dropped:
                raw.execute(again)
            for word in ("foreign_keys=ON", "ignore_check_constraints=OFF"):
                raw.execute(f"PRAGMA {word}")
        else:
            connection.execute(text("SET session_replication_role = replica"))
            yield lambda said, **given: connection.execute(text(said), given)
            connection.execute(text("SET session_replication_role = origin"))
            connection.commit()


def plant(said, **given):
    with unguarded() as do:
        do(said, **given)


@contextmanager
def without(index):
    """While a unique key is missing. What was planted goes before it comes back."""
    with unguarded() as do:
        do(f"DROP INDEX {index.name}")
    yield
    with unguarded() as do:
        do(f"DELETE FROM {index.table.name}")  # noqa: S608
    with db.engine.begin() as connection:
        index.create(connection)


@pytest.fixture
def office(app, clock):
    return make.office()


@pytest.fixture
def shift(office):
    return plan.shift(plan.project(office), places=2)


@pytest.fixture
def record(office):
    return make.record(make.person(at=office), office, 120)


@pytest.fixture
def certificate(browser, office):
    account = make.volunteer(office)
    make.record(account.person, office, 120, day=date(2026, 5, 1))
    browser.sign_in(account).send("/certificates/", language="zh", once="o")
    return db.session.query(Certificate).one()


def test_a_database_in_use_has_no_fault(certificate, shift, app):
    for name in ("王一", "王二", "王三"):
        waits = name == "王三"
        plan.place(
            shift, make.person(name, at=shift.project.office),
            state=SignupState.WAITING if waits else SignupState.CONFIRMED,
        )  # fmt: skip
    told = app.test_cli_runner().invoke(args=["fsck"])
    assert told.exit_code == 0, told.output
    assert told.output.count("\nok ") + told.output.startswith("ok ") == len(service.CHECKS)
    assert told.output.endswith(f"{len(service.CHECKS)} checks, 0 faults\n")
    assert sound.faults() == []


def test_a_fault_is_named_and_ends_with_1(shift, app):
    said = f"need {shift.needs[0].id}, shift {shift.id}, sign-ups 0, counted 1"
    plant("UPDATE shift_need SET taken = 1 WHERE id = :id", id=shift.needs[0].id)
    told = app.test_cli_runner().invoke(args=["fsck"])
    assert told.exit_code == 1
    assert "FAULT I1       1  no position has more people" in told.output
    assert said in told.output
    told = app.test_cli_runner().invoke(args=["fsck", "--json"])
    assert told.exit_code == 1
    [wrong] = [each for each in json.loads(told.output) if each["faults"]]
    assert (wrong["check"], wrong["faults"]) == ("I1", 1)
    assert sound.faults()


def test_more_people_than_places(shift):
    for name in ("王一", "王二"):
        plan.place(shift, make.person(name, at=shift.project.office))
    plant("UPDATE shift_need SET places = 1, taken = 1")
    assert len(says("no position has more")) == 1


def test_a_sign_up_for_a_position_of_another_shift(shift):
    plan.place(shift, make.person(at=shift.project.office))
    other = plan.shift(plan.project(shift.project.office))
    plant("UPDATE signup SET shift_id = :other", other=other.id)
    assert says("every sign-up has a position") == [f"signup 1, shift {other.id}"]


def test_two_live_sign_ups(shift):
    [index] = [each for each in Signup.__table__.indexes if each.name == "uq_signup_live"]
    one = plan.place(shift, make.person(at=shift.project.office))
    columns = "shift_id, need_id, person_id, made_at, queued_at, walk_in, late, invited, newcomer, seated, agreed_version"  # noqa: E501
    with without(index):
        plant(f"INSERT INTO signup ({columns}, state) SELECT {columns}, 'waiting' FROM signup")  # noqa: S608
        expected = f"shift {shift.id}, person {one.person_id}, times 2"
        assert says("nobody has two live") == [expected]
        assert len(says("what may be there once")) == 1
        assert says("the database has its unique keys") == [
            "signup, no unique key of shift_id, person_id"
        ]
    assert says("the database has its unique keys") == []


def test_places_at_one_time(shift):
    wang = make.person(at=shift.project.office)
    other = plan.shift(plan.project(shift.project.office))
    plan.place(shift, wang)
    assert says("nobody has places at one time") == []
    plan.place(other, wang)
    [found] = says("nobody has places at one time")
    assert f"person {wang.id}" in found
    plant("UPDATE signup SET overridden = 'OVERLAP' WHERE shift_id = :id", id=other.id)
    assert says("nobody has places at one time") == []


def test_a_free_place_beside_a_waiting_line(shift):
    one = plan.place(shift, make.person(at=shift.project.office), state=SignupState.WAITING)
    assert says("no place is free") == [
        f"shift {shift.id}, person {one.person_id}, need {shift.needs[0].id}"
    ]


def test_what_the_promoter_is_about_to_do_is_no_fault(shift, app):
    plan.place(shift, make.person(at=shift.project.office), state=SignupState.WAITING)
    early = make.NOW - timedelta(seconds=30)
    make.saved(JobRun(name=service.PROMOTER, started_at=early, finished_at=early))
    [check] = [each for each in service.CHECKS if each.holds.startswith("no place is free")]
    [found] = check.find(Moment(make.NOW, early))
    assert isinstance(found, Soon)
    told = app.test_cli_runner().invoke(args=["fsck"])
    assert told.exit_code == 0
    assert "1 wait for a job" in told.output


def test_an_offer_that_nobody_passed_on(shift):
    one = plan.place(shift, make.person(at=shift.project.office), state=SignupState.OFFERED)
    plant("UPDATE signup SET answer_by = '2026-05-31 01:00:00.000000'")
    [found] = says("no offered place waits")
    assert str(one.id) in found


def test_somebody_who_left_before_coming(shift):
    one = plan.place(shift, make.person(at=shift.project.office))
    plan.attended(one, came=50, left=48)
    assert len(says("nobody left before")) == 1


@pytest.mark.parametrize("table", ["service_record", "hour_tally", "office_tally"])
def test_a_total_that_is_not_the_sum_of_its_entries(record, table):
    plant(f"UPDATE {table} SET minutes = minutes + 1")  # noqa: S608
    assert len(says("records, and the sums")) == 1


def test_an_entry_that_was_changed(record):
    plant("UPDATE ledger_entry SET minutes = minutes + 1")
    assert len(says("records, and the sums")) == 3
    [found] = says("no link of a ledger's chain")
    assert found.startswith(f"office {record.office_id}: ")


def test_minutes_that_nobody_approved(record):
    plant("UPDATE service_record SET state = 'pending'")
    assert says("only what was approved") == [f"record {record.id}, minutes 120"]


def test_an_entry_of_another_day(record):
    plant("UPDATE service_record SET day = '2026-05-30'")
    assert len(says("an entry is of the office")) == 1


def test_more_than_a_day_in_a_day(record):
    plant("UPDATE service_record SET minutes = 1441")
    assert len(says("nobody served more")) == 1


def test_an_account_of_the_time_bank_that_is_not_its_entries(office):
    plant(
        "INSERT INTO bank_account (office_id, balance, reserved, opened_at)"
        " VALUES (:office, 5, 0, '2026-06-01 01:00:00.000000')",
        office=office.id,
    )
    assert says("accounts of the time bank") == ["account 1: 5, entries 0"]


def test_a_record_that_is_certified_twice(certificate):
    columns = "certificate_id, record_id, office_id, minutes"
    plant(f"INSERT INTO certificate_line ({columns}) SELECT {columns} FROM certificate_line")  # noqa: S608
    assert len(says("no certificate counts")) == 1
    assert says("every certificate is the sum") == ["certificate 1, says 120, lines 240"]


def test_certified_minutes_that_were_never_on_record(certificate):
    plant("UPDATE certificate_line SET minutes = 121")
    assert len(says("what was certified stood")) == 1


def test_a_certificate_of_somebody_else(certificate, office):
    other = make.person("赵六", at=office)
    plant("UPDATE certificate SET person_id = :other", other=other.id)
    assert len(says("certificates are of the person")) == 1


def test_a_number_that_cannot_be_typed_in_and_a_content_that_was_changed(certificate):
    plant("UPDATE certificate SET number = 'ZM2026-0000-0000-00000', digest = 'x'")
    assert len(says("every certificate can be found")) == 2


def test_a_certificate_that_no_register_has(certificate):
    plant("DELETE FROM certificate_register")
    assert len(says("every certificate stands")) == 1


def test_a_register_that_leaves_a_number_out(certificate):
    plant("UPDATE certificate_register SET sequence = 2")
    assert len(says("registers count")) == 1


def test_people_whom_the_report_does_not_count(office, monkeypatch):
    person = make.person(at=office)
    with writing():
        seed_standards(make.NOW)
    make.saved(
        Appointment(
            person_id=person.id, office_id=office.id, kind=AppointmentKind.FULL_TIME,
            starts_on=date(2026, 1, 1),
        )
    )  # fmt: skip
    assert says("the report counts") == []
    monkeypatch.setattr(Post, "times", lambda *_, **__: [])
    [found] = says("the report counts")
    assert found == f"office {office.id}: the report counts (0, 0), the rows (1, 1000)"


def test_a_figure_that_the_report_does_not_have(office, monkeypatch):
    with writing():
        seed_standards(make.NOW)
    plant(
        "INSERT INTO population (office_id, kind, number, as_of, source, made_at) VALUES"
        " (:office, 'urban_resident', 5000, '2026-01-01', '年报', '2026-01-01 01:00:00.000000')",
        office=office.id,
    )
    assert says("the report holds") == []
    monkeypatch.setattr(Populations, "own", lambda *_: None)
    [found] = says("the report holds")
    assert found.endswith("the report has None urban_resident, the rows 5000")


def test_a_row_that_points_nowhere(shift):
    plan.place(shift, make.person(at=shift.project.office))
    plant("UPDATE signup SET person_id = 999")
    assert len(says("no row names one")) == 1


def test_a_row_that_breaks_a_rule_of_its_table(shift):
    table = Need.__table__
    name = "ck_shift_need_least"
    if db.engine.dialect.name == "postgresql":
        plant(f"ALTER TABLE {table.name} DROP CONSTRAINT {name}")
    plant("UPDATE shift_need SET least = 9")
    assert says("every row keeps") == [f"shift_need: {name}, id {shift.needs[0].id}"]
    if db.engine.dialect.name == "postgresql":
        plant(f"ALTER TABLE {table.name} ADD CONSTRAINT {name} CHECK (least <= places) NOT VALID")


def test_a_word_that_nobody_knows(shift):
    number = shift.id
    plan.place(shift, make.person(at=shift.project.office), state=SignupState.WAITING)
    plant("UPDATE shift SET state = 'open'")
    assert says("every row keeps") == [f"shift: state, id {number}"]
    assert [each for each in sound.faults() if each.startswith("T2")]


def test_a_ledger_that_is_not_guarded(app):
    with unguarded() as do:
        engine = db.engine.dialect.name
        found = (
            says("the database has its unique keys")
            if engine == "sqlite"
            else (
                do("DROP TRIGGER ledger_entry_no_change ON ledger_entry"),
                do("COMMIT"),
                says("the database has its unique keys"),
                do(
                    "CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON"
                    " ledger_entry FOR EACH ROW EXECUTE FUNCTION only_grows()"
                ),
            )[2]
        )
    assert any(each.startswith("ledger_entry, no trigger ledger_entry_no_") for each in found)
    assert says("the database has its unique keys") == []


def test_an_office_that_does_not_know_its_volunteer(office):
    make.person(at=office)
    plant("DELETE FROM person_office")
    assert len(says("who is registered or appointed")) == 1


def test_an_office_that_stands_elsewhere(office):
    below = make.office("桃园社区", parent=office)
    plant("UPDATE office SET path = '/' WHERE id = :id", id=below.id)
    assert says("every office stands") == [f"office {below.id}, path /"]


def test_files_that_were_joined_and_what_stays_behind(office):
    people = [make.person(name, at=office) for name in ("王一", "王二", "王三")]
    make.account(Role.VOLUNTEER, office, person=people[0])
    for source, target in itertools.pairwise(people):
        plant(
            "UPDATE person SET merged_into_person_id = :into WHERE id = :id",
            id=source.id, into=target.id,
        )  # fmt: skip
    assert len(says("no file was joined")) == 1
    assert len(says("no account opens")) == 1
    assert len(says("nothing stays behind")) == 4  # two registrations, two ties


@pytest.mark.parametrize(
    "change",
    ["state = 'sent'", "state = 'claimed'", "state = 'dead'", "address = NULL",
     "state = 'dropped', trouble = 'too_late', secret = 'x'"],
)  # fmt: skip
def test_a_message_in_a_state_that_cannot_be(office, change):
    with writing():
        tell(MessageKind.OFFICE_NOTICE, once="1", now=make.NOW, person=make.person(at=office))
    assert says("no message is in a state") == []
    plant(f"UPDATE message SET {change}")  # noqa: S608
    assert len(says("no message is in a state")) == 1


def test_work_of_a_worker_that_is_gone(office):
    with writing():
        tell(MessageKind.OFFICE_NOTICE, once="1", now=make.NOW, person=make.person(at=office))
    plant(
        "UPDATE message SET state = 'claimed', claimed_by = 'w',"
        " claimed_until = '2026-06-01 00:00:00.000000'"
    )
    assert len(says("no work is claimed")) == 1


def test_a_file_that_nothing_names_and_one_that_was_cut(office):
    plant(
        "INSERT INTO stored_file (name, media_type, digest, size, content, at)"
        " VALUES ('x.pdf', 'application/pdf', 'x', 9, :content, '2026-05-01 01:00:00.000000')",
        content=b"%PDF-",
    )
    assert says("no file is kept") == ["file 1, named by nothing x.pdf"]
    assert says("every file is as long") == ["file 1, size 9, has 5"]
