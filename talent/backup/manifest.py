"""What a backup says of itself, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory

from talent import seal
from talent.backup.errors import BadBackup
from talent.db import MIGRATIONS, Sealed, db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """One state of the database: rows of each table, what proves them, and the bytes to keep."""

    rows: dict[str, int]
    checks: dict[str, str]
    column: Callable[[str, str], Iterator[str]]
    bits: Iterator[bytes]


def written(contents: Contents, *, engine: str, version: str, name: str, now: datetime) -> Any:
    """The manifest, as JSON has it. It names keys and never holds one."""
    if "alembic_version" not in contents.rows:
        message = "there is nothing to keep: the database has not been prepared"
        raise BadBackup(message)
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "migration": sorted(contents.column("alembic_version", "version_num")),
        "engine": engine,
        "engine_version": version,
        "database": name,
        "rows": contents.rows,
        "checks": contents.checks,
        "data_keys": _sealed_with(contents),
        "index_key": seal.index_key_ids()[0],
    }


def asked_for(told: dict[str, Any], engine: str) -> list[str]:
    """Why this database and these settings cannot take the backup; nothing when they can."""
    why = []
    if told["engine"] != engine:
        why.append(f"it is of {told['engine']}, and this database is {engine}")
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if newer := [each for each in told["migration"] if each not in known]:
        why.append(f"it is of a newer Talent, whose migration {', '.join(newer)} is not known here")
    return why


def keys_missing(told: dict[str, Any]) -> list[str]:
    """Which secrets the backup needs that the settings have not."""
    there = set(seal.data_key_ids())
    why = [
        f"DATA_KEYS lacks the key {each}, which opens {number} values"
        for each, number in told["data_keys"].items()
        if each not in there
    ]
    if told["index_key"] not in seal.index_key_ids():
        why.append("INDEX_KEY is another one: nobody would be found by phone or document")
    return why


def same(found: Contents, told: dict[str, Any]) -> None:
    """Raise `BadBackup` where what is there is not what the manifest says."""
    wrong = [
        f"{table}: {found.rows.get(table)} rows instead of {number}"
        for table, number in told["rows"].items()
        if found.rows.get(table) != number
    ]
    wrong += [f"{table}: other contents" for table, one in told["checks"].items()
              if found.checks.get(table) != one]  # fmt: skip
    if wrong:
        raise BadBackup("; ".join(wrong[:5]))


def _sealed_with(contents: Contents) -> dict[str, int]:
    """How many sealed values each data key opens, by the key's id."""
    found: dict[str, int] = {}
    for table in db.metadata.sorted_tables:
        if table.name not in contents.rows:
            continue
        for column in table.columns:
            if isinstance(column.type, Sealed):
                for value in contents.column(table.name, column.name):
                    name = seal.sealed_by(value)
                    found[name] = found.get(name, 0) + 1
    return found
