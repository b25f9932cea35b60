"""Two workers on one database: one leads, and whatever becomes of it, all is done once.

On SQLite, which is for one machine, whoever holds a file leads; it ends with its process.
"""

from __future__ import annotations

import conftest
import make
import pytest
from earnest.pair import beats, once_each, tell, until
from sqlalchemy import select, update

from talent.db import db
from talent.messages.models import JobRun, Message
from talent.operation.leading import Held, LeadLost, leading
from talent.operation.models import Lead

HERE, THERE = "here:1:a", "there:2:b"
LOST = "the lead was lost"  # said by whoever notices, also where the machine was too busy


def lapse():
    """As if time went by and the one who leads were not heard of."""
    with db.engine.begin() as connection:
        connection.execute(update(Lead).values(until=make.NOW))


def test_whoever_leads_keeps_others_waiting_and_hands_on_when_it_ends(app):
    with leading(app, HERE) as mine:
        assert mine.still()
        with leading(app, THERE) as other:
            assert other is None
    with leading(app, THERE) as other:
        assert other.still()


def test_what_was_begun_in_a_lease_that_is_lost_is_not_written(app):
    with leading(app, HERE) as mine, mine.fenced():
        tell(1)
        if not conftest.POSTGRESQL:
            assert mine == Held(app)
            return
        lapse()
        tell(2)  # nobody took it: it may go on
        with leading(app, THERE) as other:
            assert other.term == mine.term + 1
            with pytest.raises(LeadLost):
                tell(3)
            assert not mine.still()
            with other.fenced():
                tell(4)
    found = db.session.scalars(select(Message.once).order_by(Message.id)).all()
    assert [once.split()[-1] for once in found] == ["1", "2", "4"]


def test_a_worker_of_the_release_before_goes_first(app):
    """It knows of no lease. So a new version comes, and goes back, with one leader."""
    if not conftest.POSTGRESQL:
        return
    with db.engine.connect() as old:
        old.exec_driver_sql("SELECT pg_advisory_lock(8003111)")
        with leading(app, HERE) as mine:
            assert mine is None
        old.exec_driver_sql("SELECT pg_advisory_unlock(8003111)")
        with leading(app, HERE) as mine:
            old.exec_driver_sql("SELECT pg_advisory_lock(8003111)")
            assert not mine.still()
        old.exec_driver_sql("SELECT pg_advisory_unlock(8003111)")


def test_one_leads_when_it_is_killed_or_frozen_the_other_does_and_nothing_is_done_twice(pair):
    pair.letters()
    first = pair.leader()
    pair.until_all_sent()
    first.kill()
    pair.letters()
    second = pair.leader()
    assert second is not first
    pair.until_all_sent()
    once_each(pair)
    if not conftest.POSTGRESQL:
        return
    pair.replace(first)
    [third] = [each for each in pair.all if each is not second]
    until(lambda: [row for row in beats() if row.id.split(":")[1] == str(third.pid)])
    second.freeze()
    pair.letters()
    assert pair.leader() is third
    pair.until_all_sent()
    second.wake()
    until(lambda: LOST in second.said.read_text())
    pair.letters()
    pair.until_all_sent()
    assert pair.leader() is third or LOST in third.said.read_text()
    once_each(pair)
    until(lambda: db.session.rollback() or db.session.query(JobRun).count() > 40)
