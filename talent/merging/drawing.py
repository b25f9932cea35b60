"""The drawing of a merge: every row that names a person, the accounts, the words of both files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.i18n import label
from talent.merging import rows
from talent.merging.following import Column, change, follow, remove
from talent.merging.models import Deed
from talent.merging.plan import Count, Drawing, Side, Step, Wish
from talent.merging.policies import ACCOUNTS, FIELDS, KEPT_WHEN_EMPTY, PERSON, Lost, Way
from talent.pinyin import keys
from talent.rules.credentials import CheckResult
from talent.training.credentials import service as credentials

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Table

    from talent.merging.rows import Row


def draw(
    source: int, target: int, wish: Wish, *, now: datetime, account_id: int | None, why: str
) -> Drawing:
    """Everything that joining the files does, apart from the ledgers; nothing is written."""
    drawn = Drawing(source, target, now, account_id, why)
    for table, name in _leading_to("person", source):
        follow(drawn, Column(table, name, PERSON[table.name, name], source, target))
    _consents(drawn)
    _checks(drawn)
    _accounts(drawn, wish.account)
    _fields(drawn, wish.fields)
    return drawn


def late(source: int, target: int, *, now: datetime) -> Drawing:
    """What came to an emptied file after it was emptied."""
    drawn = Drawing(source, target, now, None, "")
    for table, name in _leading_to("person", source):
        policy = PERSON[table.name, name]
        if policy.way is Way.FOLLOWS and policy.lost is not Lost.STAYS:
            follow(drawn, Column(table, name, policy, source, target))
    _checks(drawn)
    return drawn


def _leading_to(name: str, number: int) -> list[tuple[Table, str]]:
    """The columns by which something leads there; most files are named in few of all tables."""
    columns = list(rows.pointing_at(name))
    held = rows.led_to(columns, number)
    return [(table, column) for table, column in columns if (table.name, column) in held]


def _consents(drawn: Drawing) -> None:
    """The latest word holds: what one file withdrew, the other gave before in vain."""
    table = rows.table_of("consent")
    both = rows.read(table, table.c.person_id.in_([drawn.source, drawn.target]))
    for row in both:
        later = [
            other["withdrawn_at"]
            for other in both
            if other["person_id"] != row["person_id"]
            and other["kind"] == row["kind"]
            and other["withdrawn_at"]
            and other["withdrawn_at"] > row["given_at"]
        ]
        if row["withdrawn_at"] is None and later:
            change(drawn, table, row, {"withdrawn_at": min(later)})


def _checks(drawn: Drawing) -> None:
    """What a check found ends the clear ones before it, as if one file had held them all."""
    table = rows.table_of("credential")
    ids = [one.id for one in credentials.outdated([drawn.source, drawn.target])]
    ended = {"ended_at": drawn.now, "ended_why": label(CheckResult.FOUND)}
    for row in rows.read(table, table.c.id.in_(ids)) if ids else []:
        change(drawn, table, row, ended)


def _accounts(drawn: Drawing, side: Side) -> None:
    """One way to sign in stays; the other one is closed and is nobody's any more."""
    table = rows.table_of("account")
    own = {
        row["person_id"]: row
        for row in rows.read(table, table.c.person_id.in_([drawn.source, drawn.target]))
    }
    mine, theirs = own.get(drawn.source), own.get(drawn.target)
    if mine is None:
        return
    count = drawn.counts.setdefault(PERSON["account", "person_id"].label, Count())
    if theirs is None:
        count.follow += 1
        drawn.opens = mine["id"]
        change(drawn, table, mine, {"person_id": drawn.target})
        return
    count.united += 1
    kept, lost = (mine, theirs) if side is Side.SOURCE else (theirs, mine)
    drawn.closes, drawn.opens = lost["id"], kept["id"]
    change(drawn, table, lost, {"person_id": None, "closed_at": lost["closed_at"] or drawn.now})
    if kept is mine:
        change(drawn, table, mine, {"person_id": drawn.target})
    for child, column in _leading_to("account", lost["id"]):
        policy = ACCOUNTS[child.name, column]
        follow(drawn, Column(child, column, policy, lost["id"], kept["id"]))


def _fields(drawn: Drawing, chosen: Mapping[str, Side]) -> None:
    """The words of the file that stays; the other one is emptied first, as numbers are unique."""
    table = rows.table_of("person")
    both = {
        row["id"]: row for row in rows.read(table, table.c.id.in_([drawn.source, drawn.target]))
    }
    mine, theirs = both[drawn.source], both[drawn.target]
    empty = {
        name: None for group in FIELDS.values() for name in group if name not in KEPT_WHEN_EMPTY
    }
    touched = {"changed_at": drawn.now}
    change(drawn, table, mine, {**empty, "merged_into_person_id": drawn.target, **touched})
    sides = sides_of(mine, theirs, chosen)
    taken = {
        name: mine[name]
        for group, columns in FIELDS.items()
        if sides[group] is Side.SOURCE
        for name in columns
    }
    change(drawn, table, theirs, {**taken, **touched})
    if taken.get("name", theirs["name"]) != theirs["name"]:
        _rename(drawn, taken["name"], taken["sort_key"])


def sides_of(source: Row, target: Row, chosen: Mapping[str, Side]) -> dict[str, Side]:
    """From which file each group of fields is taken; unless chosen, from the one that has it."""
    return {
        group: chosen.get(group)
        or (
            Side.SOURCE
            if target[columns[0]] in (None, "") and source[columns[0]] not in (None, "")
            else Side.TARGET
        )
        for group, columns in FIELDS.items()
    }


def _rename(drawn: Drawing, name: str, sort_key: str) -> None:
    table = rows.table_of("name_key")
    for row in rows.read(table, table.c.person_id == drawn.target):
        remove(drawn, table, row, None)
    for key in sorted(keys(name)):
        row = {"person_id": drawn.target, "text": key, "head": key[0], "sort_key": sort_key}
        drawn.steps.append(Step(Deed.MADE, table.name, {}, {}, row))
