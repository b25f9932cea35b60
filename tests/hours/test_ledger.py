"""The ledger: nobody changes it, who tries is found, and every total is its sum."""

import make
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.models import EntryKind, LedgerEntry, LedgerProof, Origin
from talent.hours.proving import jobs
from talent.hours.proving import service as proving
from talent.hours.review import service as review
from talent.hours.transfers import service as transfers
from talent.rules.chain import Broken
from talent.rules.reason import unpacked


@pytest.fixture
def here(app):
    office = make.office()
    return office, make.person(at=office)


@pytest.fixture
def three(here):
    """Three entries of an office."""
    office, person = here
    for number in range(3):
        make.record(person, office, 60 + number, starts_at=make.hours_later(2 * number))
    return office, person


def on_sqlite():
    return db.engine.dialect.name == "sqlite"


def past_the_triggers(*statements):
    """As somebody with the keys of the database would do it."""
    with writing():
        if on_sqlite():
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = db.session.execute(text(query)).all()
            for name, _ in triggers:
                db.session.execute(text(f"DROP TRIGGER {name}"))
        else:
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            db.session.execute(text(statement))
        if on_sqlite():
            for _, sql in triggers:
                db.session.execute(text(sql))


def why(office):
    return [fault.why for fault in proving.breaks(office.id)]


COLUMNS = (
    "record_id, person_id, office_id, category_id, day, kind, minutes, recognised, origin, at, "
    "place, digest"
)
CHANGES = [
    "UPDATE ledger_entry SET minutes = 999",
    "UPDATE OR REPLACE ledger_entry SET minutes = 999",
    "DELETE FROM ledger_entry",
    "REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
    f"INSERT OR REPLACE INTO ledger_entry (id, {COLUMNS}) SELECT id + 9, {COLUMNS} FROM ledger_entry",  # noqa: E501, S608
    "TRUNCATE ledger_entry CASCADE",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_itself_refuses_to_change_the_ledger(three, statement):
    office, _ = three
    sqlites = "REPLACE" in statement
    refused = "only grows" if sqlites == on_sqlite() or "OR" not in statement else "syntax error"
    if ("TRUNCATE" in statement and on_sqlite()) or (sqlites and not on_sqlite()):
        refused = "syntax error"
    with pytest.raises(DatabaseError, match=refused), writing():
        db.session.execute(text(statement))
    assert ledger.total() == 183
    assert proving.breaks(office.id) == []


@pytest.mark.parametrize(
    "change",
    [
        "minutes = 600", "recognised = 600", "person_id = person_id + 0, day = '2026-01-01'",
        "kind = 'corrected'", "origin = 'hand'", "reason = 'x'", "evidence = 'x'",
        "account_id = 77", "at = '2020-01-01 00:00:00'", "digest = '" + "0" * 64 + "'",
    ],
)  # fmt: skip
def test_whatever_is_changed_past_the_triggers_breaks_the_chain_there(three, change):
    office, _ = three
    past_the_triggers(f"UPDATE ledger_entry SET {change} WHERE place = 2")  # noqa: S608
    (fault,) = proving.breaks(office.id)
    assert (fault.why, fault.facts) == (Broken.CHANGED, {"place": 2})


def test_an_entry_taken_out_or_a_tail_cut_off_is_missed(three):
    office, _ = three
    past_the_triggers("DELETE FROM ledger_entry WHERE place = 2")
    assert why(office) == [Broken.MISSING]
    past_the_triggers("DELETE FROM ledger_entry WHERE place = 3")
    assert why(office) == [Broken.SHORT]


def test_a_chain_cut_with_its_end_is_missed_by_the_next_nights_check(three, clock):
    office, _ = three
    jobs.prove(make.NOW)
    past_the_triggers(
        "DELETE FROM ledger_entry WHERE place = 3",
        "UPDATE ledger_chain SET length = 2,"
        " digest = (SELECT digest FROM ledger_entry WHERE place = 2)",
        "UPDATE service_record SET minutes = 0, recognised_minutes = 0 WHERE minutes = 62",
        "UPDATE hour_tally SET minutes = 121, verified = 121, recognised = 121",
        "UPDATE office_tally SET minutes = 121, verified = 121, recognised = 121",
    )
    assert proving.breaks(office.id) == []
    assert proving.reconcile() == []
    jobs.prove(make.hours_later(24))
    proof = proving.last_of([office.id])[office.id]
    assert [unpacked(fault).why for fault in proof.faults] == [proving.Unproved.FORGOTTEN.label]


def test_each_night_each_ledger_is_checked_once_and_the_office_sees_what_was_found(three):
    office, _ = three
    assert jobs.prove(make.NOW) == "1 checked, 0 with faults"
    assert jobs.prove(make.NOW) == "0 checked, 0 with faults"
    past_the_triggers("UPDATE hour_tally SET minutes = minutes + 5")
    assert jobs.prove(make.hours_later(24)) == "1 checked, 1 with faults"
    proof = db.session.query(LedgerProof).order_by(LedgerProof.id.desc()).first()
    assert (proof.office_id, proof.length, len(proof.faults)) == (office.id, 3, 1)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("hour_tally", "minutes = minutes + 1"),
        ("hour_tally", "verified = verified - 1"),
        ("hour_tally", "recognised = 0"),
        ("office_tally", "minutes = minutes + 1"),
        ("office_tally", "year = 1999"),
        ("service_record", "minutes = minutes + 1 WHERE id = 1"),
        ("service_record", "recognised_minutes = 0 WHERE id = 1"),
    ],
)
def test_every_sum_that_differs_is_found(three, table, change):
    assert proving.reconcile() == []
    with writing():
        db.session.execute(text(f"UPDATE {table} SET {change}"))  # noqa: S608
    wrong = proving.reconcile()
    assert wrong
    assert all(table.removeprefix("service_") in line for line in wrong)
    office, _ = three
    assert proving.reconcile(office.id) == wrong
    assert proving.reconcile(office.id + 1) == []


def test_the_commands_say_what_is_wrong_and_fail(three, app):
    office, _ = three
    run = app.test_cli_runner().invoke
    assert "0 chains are broken" in run(args=["ledger", "verify"]).output
    assert "0 differences" in run(args=["ledger", "reconcile"]).output
    past_the_triggers("UPDATE ledger_entry SET minutes = 600 WHERE place = 1")
    verified = run(args=["ledger", "verify", "--office", str(office.id)])
    assert verified.exit_code == 1
    assert f"office {office.id}: " in verified.output
    reconciled = run(args=["ledger", "reconcile"])
    assert reconciled.exit_code == 1
    assert "entries 723" in reconciled.output


def test_a_role_of_the_database_that_is_guarded_adds_and_changes_nothing(three, app, settings):
    office, _ = three
    run = app.test_cli_runner().invoke
    if on_sqlite():
        refused = run(args=["ledger", "guard", "clerk"])
        assert refused.exit_code == 1
        assert "triggers alone" in refused.output
        return
    role = f"clerk_{make_url(settings.SQLALCHEMY_DATABASE_URI).database}"
    with writing():
        db.session.execute(text(f"DROP ROLE IF EXISTS {role}"))
        db.session.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'x'"))
    assert run(args=["ledger", "guard", role]).exit_code == 0
    own = make_url(settings.SQLALCHEMY_DATABASE_URI)
    owner = run(args=["ledger", "guard", own.username])
    assert owner.exit_code == 1
    assert "owns the tables" in owner.output
    engine = create_engine(own.set(username=role, password="x"))
    try:
        for statement in (
            "UPDATE ledger_entry SET minutes = 1", "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry CASCADE", "DROP TABLE ledger_entry CASCADE",
            "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
            "DROP TRIGGER ledger_entry_no_change ON ledger_entry",
            "SET session_replication_role = replica",
            "ALTER FUNCTION only_grows() RENAME TO nothing",
        ):  # fmt: skip
            denied = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
            with denied, engine.begin() as connection:
                connection.execute(text(statement))
        with engine.begin() as connection:
            made = connection.execute(text("SELECT count(*) FROM ledger_entry")).scalar()
            connection.execute(text("UPDATE hour_tally SET minutes = minutes"))
        assert made == 3
    finally:
        engine.dispose()
        with writing():
            db.session.execute(text(f"DROP OWNED BY {role}"))
            db.session.execute(text(f"DROP ROLE {role}"))
    assert proving.breaks(office.id) == []


def test_what_the_system_verified_and_what_somebody_entered_are_two_sums(here):
    office, person = here
    for number, origin in enumerate(Origin):
        make.record(person, office, 60, origin=origin, starts_at=make.hours_later(2 * number))
    found = ledger.whole(person_id=person.id)
    assert (found.minutes, found.verified, found.stated) == (420, 120, 300)
    of_days = ledger.whole(person_id=person.id, first=make.TODAY, last=make.TODAY)
    of_year = ledger.sums(by=("office_id",))
    assert of_days == found == of_year[office.id]


def test_an_entry_and_its_sums_are_one_transaction(three):
    _, person = three
    before = ledger.total(person_id=person.id), db.session.query(LedgerEntry).count()
    record = db.session.query(LedgerEntry).order_by(LedgerEntry.id).first().record
    with writing():
        review.correct(
            review.reviewable(SYSTEM, record.id),
            to_minutes=0, reason="重复登记", actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
        db.session.rollback()
    assert (ledger.total(person_id=person.id), db.session.query(LedgerEntry).count()) == before
    assert proving.reconcile() == []


def test_the_chain_of_one_office_is_not_the_chain_of_another(three):
    office, person = three
    other = make.office("别处")
    make.record(person, other, 30, starts_at=make.hours_later(9))
    places = db.session.query(LedgerEntry.office_id, LedgerEntry.place).all()
    assert sorted(map(tuple, places)) == [
        (office.id, 1), (office.id, 2), (office.id, 3), (other.id, 1),
    ]  # fmt: skip
    past_the_triggers("UPDATE ledger_entry SET minutes = 1 WHERE place = 1 AND minutes = 60")
    assert why(office) == [Broken.CHANGED]
    assert why(other) == []


def moved(source, target, reason="同一人的两份档案"):
    with writing():
        return transfers.transfer(source, target, reason=reason, actor=SYSTEM, now=make.NOW)


def test_a_merge_takes_all_hours_along_and_the_sums_stay(three):
    office, person = three
    target = make.person("同一人", at=office)
    make.record(target, office, 30, starts_at=make.hours_later(20))
    assert moved(person, target) == (3, 0)
    assert ledger.total(person_id=person.id) == 0
    assert ledger.total(person_id=target.id) == 213
    assert ledger.total() == 213
    kinds = db.session.query(LedgerEntry.kind).filter(LedgerEntry.place > 4).all()
    assert {kind for (kind,) in kinds} == {EntryKind.TRANSFERRED}
    assert proving.reconcile() == []
    assert proving.breaks(office.id) == []


def test_what_both_files_hold_for_the_same_time_counts_once(three):
    office, person = three
    target = make.person("同一人", at=office)
    make.record(target, office, 45)
    assert moved(person, target) == (2, 1)
    assert ledger.total(person_id=target.id) == 45 + 61 + 62
    assert ledger.total() == ledger.total(person_id=target.id)
    assert proving.reconcile() == []


def test_hours_do_not_go_to_the_same_file_nor_without_a_reason(three):
    office, person = three
    with pytest.raises(Refused):
        moved(person, person)
    with pytest.raises(Refused):
        moved(person, make.person("另一人", at=office), reason=" ")
    assert ledger.total(person_id=person.id) == 183


def test_a_correction_after_a_merge_is_the_new_files(three):
    office, person = three
    target = make.person("同一人", at=office)
    moved(person, target)
    record = db.session.query(LedgerEntry).order_by(LedgerEntry.id).first().record
    with writing():
        review.correct(
            review.reviewable(SYSTEM, record.id),
            to_minutes=0, reason="重复登记", actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
    assert ledger.total(person_id=target.id) == 123
    assert proving.reconcile() == []
    assert proving.breaks(office.id) == []
