# ruff: noqa: S608 - raw SQL of the tests' own words
"""The chain over the audit trail: acts never wait for it, and no change of the past goes unseen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import make
import pytest
from conftest import POSTGRESQL
from counting import queries
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act, AuditEntry
from talent.auditing import jobs, service
from talent.auditing.models import AuditChain, AuditLink
from talent.auditing.service import Broken
from talent.db import db, writing
from talent.i18n import force_locale, sentence

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def act(number=0, **facts):
    with writing():
        entry = audit.record(
            Act.SHIFT_CHANGED, f"shift:{number}", actor=SYSTEM, now=make.NOW, **facts
        )
    return entry.id


def linked(*minutes):
    """Let the job run at these minutes after the beginning."""
    for minute in minutes:
        jobs.link(make.NOW + minute * MINUTE)
    db.session.rollback()
    return [(link.id, link.entry_id) for link in db.session.query(AuditLink).order_by(AuditLink.id)]


def said(noted=None):
    db.session.rollback()
    with force_locale("en"):
        return [sentence(fault) for fault in service.breaks(noted)]


@pytest.fixture
def chain(app, clock):
    """Six acts, linked."""
    ids = [act(n, was="früher", became="后来", line=n) for n in range(6)]
    linked(0, 1)
    assert said() == []
    return ids


@pytest.fixture
def past(app, settings):
    """Raw SQL of somebody who may switch triggers and foreign keys off."""

    def run(*statements):
        db.session.rollback()
        if POSTGRESQL:
            with db.engine.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                for statement in statements:
                    connection.exec_driver_sql(statement)
            return
        with closing(sqlite3.connect(settings.TALENT_HOME / "talent.sqlite3")) as raw, raw:
            kept = raw.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                " AND tbl_name LIKE 'audit%' ORDER BY name"
            ).fetchall()
            for name, _ in kept:
                raw.execute(f"DROP TRIGGER {name}")
            for statement in (*statements, *(sql for _, sql in kept)):
                raw.execute(statement)

    return run


def test_acts_are_linked_in_the_order_of_their_ids_once_they_are_settled(app, clock):
    ids = [act(n) for n in range(3)]
    assert linked(0) == []
    later = act()
    assert linked(1) == [(1, ids[0]), (2, ids[1]), (3, ids[2])]
    assert linked(1.5) == [(1, ids[0]), (2, ids[1]), (3, ids[2])]
    assert linked(2)[-1] == (4, later)
    assert said() == []


def test_ids_may_have_gaps_and_places_have_none(app, clock):
    first = act()
    with writing():
        db.session.add(AuditEntry(id=first + 700, at=make.NOW, act=Act.SIGNED_IN, subject="x:1"))
    assert linked(0, 1) == [(1, first), (2, first + 700)]
    assert said() == []


def test_a_slow_transaction_with_a_smaller_id_is_linked_when_it_comes(app, clock):
    first = act()
    with writing():
        db.session.add(AuditEntry(id=first + 2, at=make.NOW, act=Act.SIGNED_IN, subject="x:1"))
    assert linked(0, 1) == [(1, first), (2, first + 2)]
    with writing():  # it had its id before, and commits only now
        db.session.add(AuditEntry(id=first + 1, at=make.NOW, act=Act.SIGNED_IN, subject="x:2"))
    assert linked(2) == [(1, first), (2, first + 2), (3, first + 1)]
    assert said() == []


def test_a_transaction_of_nearly_an_hour_is_linked_all_the_same(app, clock):
    first = act()
    with writing():
        db.session.add(AuditEntry(id=first + 2, at=make.NOW, act=Act.SIGNED_IN, subject="x:1"))
    linked(0, 1, 61)  # here it is noted how far nothing will come any more in an hour
    with writing():
        db.session.add(AuditEntry(id=first + 1, at=make.NOW, act=Act.SIGNED_IN, subject="x:2"))
    assert linked(62, 130, 200)[-1] == (3, first + 1)
    assert said() == []


def test_old_acts_are_linked_piece_by_piece(app, clock, monkeypatch):
    monkeypatch.setattr(service, "PIECE", 4)
    ids = [act(n) for n in range(10)]
    assert linked(0, 1) == list(enumerate(ids, 1))
    assert said() == []
    act()
    jobs.link(make.NOW + 2 * MINUTE)
    with queries() as sent, writing():
        service.link_piece(make.NOW + 3 * MINUTE)
    assert len([line for line in sent if line.startswith("INSERT INTO audit_link")]) == 1


def test_an_act_does_not_touch_the_chain(chain):
    with queries() as sent, writing():
        audit.record(Act.SIGNED_IN, "account:1", actor=SYSTEM, now=make.NOW)
    assert [line for line in sent if "audit_link" in line or "audit_chain" in line] == []


def test_two_workers_link_every_act_once(app, clock):
    """The second finds the chain held and leaves it alone, or waits for the writer before it."""
    for n in range(5):
        act(n)
    linked(0)
    with writing():
        assert service.link_piece(make.NOW + MINUTE)[0] == 5
        if POSTGRESQL:  # another connection, while the first has not committed
            with db.engine.connect() as other:
                held = text("SELECT id FROM audit_chain FOR UPDATE SKIP LOCKED")
                assert other.execute(held).all() == []
    assert [place for place, _ in linked(1, 2)] == [1, 2, 3, 4, 5]
    assert said() == []


def test_the_database_refuses_to_change_or_remove_an_act_its_link_or_a_proof(chain):
    with writing():
        service.prove(make.NOW)
    for statement in (
        "UPDATE audit_entry SET account_id = 7 WHERE id = 1",
        "DELETE FROM audit_entry WHERE id = 1",
        "UPDATE audit_link SET digest = '' WHERE id = 1",
        "DELETE FROM audit_link",
        "DELETE FROM audit_proof",
    ):
        with pytest.raises(DatabaseError, match="only grows"), db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("account_id", "7"),
        ("act", "'signup.made'"),
        ("subject", "'shift:99'"),
        ("office_id", "NULL"),
        ("at", "'2026-05-31 01:00:00'"),
        ("facts", """'{"was": "x"}'"""),
    ],
)
def test_a_changed_act_is_named(app, clock, past, column, value):
    office = make.office()
    with writing():
        for n in range(3):
            audit.record(
                Act.SHIFT_CHANGED, f"shift:{n}", actor=SYSTEM, now=make.NOW, office_id=office.id
            )
    linked(0, 1)
    past(f"UPDATE audit_entry SET {column} = {value} WHERE id = 2")
    assert said() == ["Act 2 (place 2) is not what was written."]


def test_facts_in_another_spelling_are_the_same_facts(app, clock, past):
    with writing():
        audit.record(Act.SHIFT_CHANGED, "shift:1", actor=SYSTEM, now=make.NOW, b=1, a="后")
    linked(0, 1)
    past("""UPDATE audit_entry SET facts = '{ "a": "\\u540e",  "b": 1 }'""")
    assert said() == []


def test_a_removed_act_is_named(chain, past):
    past(f"DELETE FROM audit_entry WHERE id = {chain[2]}")
    assert said() == [f"Act {chain[2]} (place 3) was removed."]


def test_an_act_that_was_removed_with_its_link_leaves_a_gap(chain, past):
    past("DELETE FROM audit_link WHERE id = 3", f"DELETE FROM audit_entry WHERE id = {chain[2]}")
    assert said() == ["Place 3 is missing: its act was taken out of the chain."]


def test_a_gap_that_was_closed_by_moving_the_others_up_is_found(chain, past):
    past(
        "DELETE FROM audit_link WHERE id = 3",
        f"DELETE FROM audit_entry WHERE id = {chain[2]}",
        *(f"UPDATE audit_link SET id = {n - 1} WHERE id = {n}" for n in (4, 5, 6)),
        "UPDATE audit_chain SET length = 5",
    )
    [fault] = said()
    assert fault.startswith(f"Act {chain[3]} (place 3) does not follow what stands before it")


def test_an_act_changed_together_with_its_link_breaks_the_chain_there(chain, past):
    forged = "0" * 64
    past(
        f"UPDATE audit_entry SET subject = 'shift:9' WHERE id = {chain[2]}",
        f"UPDATE audit_link SET said = '{forged}' WHERE id = 3",
    )
    assert said() == [f"Act {chain[2]} (place 3) is not what was written."]


def test_a_whole_link_forged_with_the_right_digests_breaks_at_the_next_one(chain, past):
    past(f"UPDATE audit_entry SET subject = 'shift:9' WHERE id = {chain[2]}")
    db.session.rollback()
    [_, before, link] = service._links(3)
    said_ = service._said(link)
    digest = service._digest(before.digest, 3, link.entry_id, said_, link.linked_at)
    past(f"UPDATE audit_link SET said = '{said_}', digest = '{digest}' WHERE id = 3")
    [fault] = said()
    assert fault.startswith(f"Act {chain[3]} (place 4) does not follow what stands before it")


def test_a_changed_link_is_named(chain, past):
    past(f"UPDATE audit_link SET said = '{'1' * 64}' WHERE id = 4")
    assert said() == [f"The link of act {chain[3]} (place 4) is not what was written."]


def test_an_act_that_was_put_in_between_is_named(app, clock, past):
    first = act()
    with writing():
        db.session.add(AuditEntry(id=first + 9, at=make.NOW, act=Act.SIGNED_IN, subject="x:1"))
    linked(0, 1, 62, 125)
    assert said() == []
    past(
        "INSERT INTO audit_entry (id, at, act, subject, facts) VALUES"
        f" ({first + 4}, '2026-06-01 01:00:00', 'signup.made', 'signup:1', '{{}}')"
    )
    expected = (
        f"Act {first + 4} was put in: the acts written after it are linked since over an hour."
    )
    assert said() == [expected]
    assert len(linked(130, 140)) == 2  # and no later run makes it a part of the chain
    past(f"UPDATE audit_entry SET account_id = 7 WHERE id = {first}")
    assert said() == [f"Act {first} (place 1) is not what was written.", expected]


def test_a_link_that_was_put_in_between_is_found(chain, past):
    past(
        *(f"UPDATE audit_link SET id = {n + 1} WHERE id = {n}" for n in (6, 5, 4)),
        "INSERT INTO audit_entry (id, at, act, subject, facts) VALUES"
        " (900, '2026-06-01 01:00:00', 'signup.made', 'signup:1', '{}')",
        "INSERT INTO audit_link (id, entry_id, said, digest, linked_at)"
        f" VALUES (4, 900, '{'2' * 64}', '{'3' * 64}', '2026-06-01 01:01:00')",
        "UPDATE audit_chain SET length = 7",
    )
    assert said() == ["Act 900 (place 4) is not what was written."]


def test_a_tail_that_was_cut_is_named(chain, past):
    past("DELETE FROM audit_link WHERE id > 4", f"DELETE FROM audit_entry WHERE id > {chain[3]}")
    assert said() == ["The end was cut off: 4 places are there, 6 were linked."]


def test_a_tail_that_was_cut_cleanly_is_found_by_the_end_that_was_noted(chain, past):
    noted = service.head()
    [fourth] = [link.digest for link in db.session.query(AuditLink).filter_by(id=4)]
    past(
        "DELETE FROM audit_link WHERE id > 4",
        f"DELETE FROM audit_entry WHERE id > {chain[3]}",
        f"UPDATE audit_chain SET length = 4, digest = '{fourth}'",
    )
    assert said() == []
    assert said(noted) == [
        f"The chain does not hold the end that was noted: place 6 with {noted.digest}."
    ]


def test_the_check_of_each_night_notes_the_end_by_itself(chain, past):
    assert jobs.prove(make.NOW + HOUR) == "6 checked, 0 faults"
    assert jobs.prove(make.NOW + 2 * HOUR) == "checked today"
    fourth = db.session.query(AuditLink).filter_by(id=4).one().digest
    past(
        "DELETE FROM audit_link WHERE id > 4",
        f"DELETE FROM audit_entry WHERE id > {chain[3]}",
        f"UPDATE audit_chain SET length = 4, digest = '{fourth}'",
    )
    assert jobs.prove(make.NOW + 24 * HOUR) == "4 checked, 1 faults"


def test_something_hung_on_is_found(chain, past):
    past(
        "INSERT INTO audit_entry (id, at, act, subject, facts) VALUES"
        " (900, '2026-06-01 01:00:00', 'signup.made', 'signup:1', '{}')",
        "INSERT INTO audit_link (id, entry_id, said, digest, linked_at)"
        f" VALUES (7, 900, '{'2' * 64}', '{'3' * 64}', '2026-06-01 01:01:00')",
    )
    assert said() == ["Something was hung on: 7 places are there, 6 were linked."]


def test_the_end_in_the_chains_own_row_is_compared(chain, past):
    past(f"UPDATE audit_chain SET digest = '{'0' * 64}'")
    assert said() == ["The last place is not the one that was linked last."]


def test_the_commands_print_the_end_and_judge(app, chain, past):
    runner = app.test_cli_runner()
    head = runner.invoke(args=["audit", "head"]).output.strip()
    assert head == f"6:{db.session.get(AuditChain, 1).digest}"
    well = runner.invoke(args=["audit", "verify", "--head", head])
    assert (well.exit_code, well.output) == (0, f"the trail ends at {head}\n0 faults\n")
    past(f"UPDATE audit_entry SET account_id = 5 WHERE id = {chain[0]}")
    ill = runner.invoke(args=["audit", "verify"])
    assert ill.exit_code == 1
    [fault] = service.breaks()
    assert (fault.why, ill.output.split("\n")[0]) == (Broken.CHANGED, sentence(fault))
    assert runner.invoke(args=["audit", "verify", "--head", "nonsense"]).exit_code == 1
