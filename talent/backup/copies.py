"""Making, checking, keeping and putting back the backups of a folder."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from flask import current_app

from talent.backup import disk, manifest, postgresql, sealing, sqlite
from talent.backup.errors import BadBackup
from talent.backup.retention import USUAL, Keeping, expired
from talent.db import db

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

_NAME = re.compile(r"talent-(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"
_WEAKEST = 32  # characters of a key


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read again, and how many older ones went for it."""

    file: Path
    size: int
    rows: int
    dropped: int


def back_up(folder: Path, *, now: datetime, keeping: Keeping = USUAL) -> Made:
    """Write one backup, read it again, and let go of those that are too old.

    It has its name only when it was found good, so what has a name is a backup.
    """
    key = _keys()[0]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine, name = _engine(), f"talent-{now.astimezone(UTC).strftime(_TIME)}.backup"
    with _work() as work:
        for left in folder.glob("talent-*.part"):
            left.unlink()  # of one that was killed: only one is made at a time
        part = folder / f"{name}.part"
        try:
            told = _write(part, key, engine, work, now)
            _check(part, work)
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, sqlite3.DatabaseError):
                message = f"the database cannot be read: {error}"
                raise BadBackup(message) from error
            raise
        disk.named(part, folder / name)
    old = expired(_moments(folder), keeping)
    for at in old:
        (folder / f"talent-{at.strftime(_TIME)}.backup").unlink(missing_ok=True)
    file = folder / name
    return Made(file, file.stat().st_size, sum(told["rows"].values()), len(old))


def check(file: Path) -> dict[str, Any]:
    """Read a whole backup as a restore would, into nothing that lasts; its manifest."""
    with _work() as work:
        return _check(file, work)


def told(file: Path) -> dict[str, Any]:
    """What a backup says of itself; only its beginning is read."""
    with _opened(file) as (found, _bits):
        return found


def restore(file: Path, *, over: str | None = None, without_keys: bool = False) -> dict[str, Any]:
    """Put a backup where this app's database is, which has to be empty or `over` its name.

    Raises `BadBackup`, and then nothing has changed. Migrations that came later are not made here.
    """
    engine = _engine()
    with _work() as work:
        with _opened(file) as (found, bits):
            why = manifest.asked_for(found, engine.NAME)
            if not without_keys:
                why += manifest.keys_missing(found)
            if over is not None and over != engine.called():
                why.append(f"the database is called {engine.called()}, and not {over}")
            if over is None and not engine.is_empty():
                why.append(
                    f"the database is not empty (overwrite it with --over {engine.called()})"
                )
            if why:
                raise BadBackup("; ".join(why))
            for _ in bits:
                pass  # all of it was sealed by us and is there, before anything is touched
        with _opened(file) as (found, bits):
            engine.restore(bits, found, work, over=over is not None)
        db.session.remove()
        db.engine.dispose()
        return found


def existing(folder: Path) -> list[Path]:
    """The backups of a folder, the newest first."""
    return [folder / f"talent-{at.strftime(_TIME)}.backup" for at in _moments(folder)]


def newest(folder: Path | None) -> datetime | None:
    """When the last good one was begun."""
    found = _moments(folder) if folder else []
    return found[0] if found else None


def key_named(file: Path) -> tuple[str, bool]:
    """The id of the key that a backup was sealed with, and whether the settings have it."""
    with file.open("rb") as there:
        name = sealing.named_key(there)
    return name, name in map(sealing.key_id, _keys())


def _write(part: Path, key: str, engine: ModuleType, work: Path, now: datetime) -> dict[str, Any]:
    with (
        disk.fresh(part) as out,
        engine.snapshot(work) as contents,
    ):
        found: dict[str, Any] = manifest.written(
            contents, engine=engine.NAME, version=engine.version(), name=engine.called(), now=now
        )
        sealer = sealing.Sealer(out, key)
        sealer.write(json.dumps(found).encode() + b"\n")
        for bit in contents.bits:
            sealer.write(bit)
        sealer.end()
    return found


def _check(file: Path, work: Path) -> dict[str, Any]:
    with _opened(file) as (found, bits):
        _ENGINES[found["engine"]].check(bits, found, work)
        return found


@contextmanager
def _opened(file: Path) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    try:
        with file.open("rb") as there:
            line, bits = sealing.lines_and_rest(sealing.plain(there, _keys()))
            yield json.loads(line), bits
    except BadBackup as error:
        message = f"{file.name}: {error}"
        raise BadBackup(message) from None


@contextmanager
def _work() -> Iterator[Path]:
    """A folder for what lies open for a moment, beside the database; one backup at a time."""
    home: Path = current_app.config["TALENT_HOME"]
    place = home / "backup-work"
    try:
        with FileLock(home / "backup.lock", timeout=0):
            shutil.rmtree(place, ignore_errors=True)  # of one that was killed
            place.mkdir(mode=0o700)
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except Timeout:
        message = "another backup or restore is under way"
        raise BadBackup(message) from None


def _keys() -> Sequence[str]:
    keys: Sequence[str] = current_app.config["BACKUP_KEY"]
    if not keys or any(len(key) < _WEAKEST for key in keys):
        message = f"BACKUP_KEY must be set, with at least {_WEAKEST} characters"
        raise BadBackup(message)
    return keys


_ENGINES = {each.NAME: each for each in (sqlite, postgresql)}


def _engine() -> ModuleType:
    return _ENGINES[db.engine.dialect.name]


def _moments(folder: Path) -> list[datetime]:
    names = (_NAME.fullmatch(each.name) for each in folder.glob("talent-*.backup"))
    found = (datetime.strptime(n[1], _TIME).replace(tzinfo=UTC) for n in names if n)
    return sorted(found, reverse=True)
