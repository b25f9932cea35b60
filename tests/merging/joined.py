"""Two files of one person, joined and parted; and every row of both, to compare."""

import make

from talent.access import SYSTEM
from talent.db import db, writing
from talent.merging import rows, service, undoing
from talent.merging.plan import Wish

# What grows and is never taken back, what is computed anew, and what a merge leaves about itself.
GROWN = {"ledger_entry", "hour_tally", "bank_entry", "likeness", "duplicate_pair", "merge"}


def join(source, target, *, wish=None, why="同一个人，已核对证件", papers_seen=True, actor=SYSTEM):
    wish = wish or Wish()
    with writing():
        seen = service.outlook(source, target, wish, actor=actor, now=make.NOW, why=why).mark
        return service.join(
            source, target, wish,
            why=why, seen=seen, papers_seen=papers_seen, actor=actor, now=make.NOW,
        )  # fmt: skip


def part(merge, *, why="两个人", now=None, actor=SYSTEM):
    with writing():
        return undoing.part(merge, why=why, actor=actor, now=now or make.NOW)


def everything(*person_ids):
    """Every row that names one of these files, and their accounts; what only grows aside."""
    db.session.expire_all()
    found = {}
    for table, column in rows.pointing_at("person"):
        if table.name not in GROWN | {"message"}:
            for row in rows.read(table, table.c[column].in_(person_ids)):
                row.pop("epoch", None)
                found[table.name, rows.kept(rows.key_of(table, row))] = row
    table = rows.table_of("person")
    for row in rows.read(table, table.c.id.in_(person_ids)):
        found["person", row["id"]] = row
    return found
