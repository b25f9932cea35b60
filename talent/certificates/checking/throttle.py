"""How much one visitor, and one network, may check. docs/decisions/checking.md says why so."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from talent.certificates.checking.models import FileCheck
from talent.db import db, writing
from talent.seal import blind_index

if TYPE_CHECKING:
    from datetime import datetime

# Points a minute and process. A number that is unknown costs more: a school checks many that are.
OF_ADDRESS, OF_NETWORK = 120, 600
KNOWN, UNKNOWN = 1, 10
# In ten minutes, in all processes: files, each of which costs as much as twenty numbers, and
# numbers that nobody has, as many as one process alone would let pass.
FILES_OF_ADDRESS, FILES_OF_NETWORK = 60, 300
GUESSES_OF_ADDRESS, GUESSES_OF_NETWORK = 120, 600
FILES, GUESSES = "checks", "guesses"
WINDOW = timedelta(minutes=10)
_SINGLE = {4: 32, 6: 64}  # whoever has an IPv6 address has 2^64 of them
_WIDE = {4: 24, 6: 48}
MOST_KEPT = 100_000  # addresses

_lock = threading.Lock()
_spent: Counter[str] = Counter()
_minute = 0


def spend(address: str, points: int, now: datetime) -> bool:
    """Whether this visitor has so many left in this minute; they are gone then."""
    global _minute  # noqa: PLW0603 - the window of this process
    single, wide = places(address)
    with _lock:
        if _minute != (minute := int(now.timestamp()) // 60) or len(_spent) > MOST_KEPT:
            _spent.clear()
            _minute = minute
        _spent[single] += points
        _spent[wide] += points
        return _spent[single] <= OF_ADDRESS and _spent[wide] <= OF_NETWORK


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _spent.clear()


def may_send(address: str, now: datetime) -> bool:
    """Whether this visitor may have one more file checked."""
    return _left(FILES, address, FILES_OF_ADDRESS, FILES_OF_NETWORK, now)


def may_guess(address: str, now: datetime) -> bool:
    """Whether this visitor may ask for one more number; only what nobody has is counted."""
    return _left(GUESSES, address, GUESSES_OF_ADDRESS, GUESSES_OF_NETWORK, now)


def count_file(address: str, now: datetime) -> None:
    """One more file, and what counts no more is forgotten."""
    _count(FILES, address, now)


def count_guess(address: str, now: datetime) -> None:
    """One more number that nobody has, in a transaction of its own.

    Who checks must not suffer from a database that cannot be written on just now.
    """
    try:
        with writing():
            _count(GUESSES, address, now)
    except SQLAlchemyError:
        db.session.rollback()


def _left(what: str, address: str, of_address: int, of_network: int, now: datetime) -> bool:
    single, wide = places(address)
    limits = (
        (FileCheck.address_index, blind_index(what, single), of_address),
        (FileCheck.network_index, blind_index(what, wide), of_network),
    )
    counts = [
        select(func.count()).where(column == index, FileCheck.at > now - WINDOW).scalar_subquery()
        for column, index, _ in limits
    ]
    found = db.session.execute(select(*counts)).one()
    return all(count < most for count, (_, _, most) in zip(found, limits, strict=True))


def _count(what: str, address: str, now: datetime) -> None:
    single, wide = places(address)
    db.session.execute(delete(FileCheck).where(FileCheck.at <= now - WINDOW))
    row = FileCheck(
        address_index=blind_index(what, single), network_index=blind_index(what, wide), at=now
    )
    db.session.add(row)


def places(address: str) -> tuple[str, str]:
    """The visitor and the network he comes from; whoever has no address is one."""
    try:
        version = ip_address(address).version
    except ValueError:
        return "", "/"
    single = ip_network(f"{address}/{_SINGLE[version]}", strict=False)
    return str(single), str(ip_network(f"{address}/{_WIDE[version]}", strict=False))
