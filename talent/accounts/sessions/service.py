"""Sessions begun, seen, proved anew and ended. Nothing but a row here keeps anybody signed in."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from talent.accounts.sessions.models import AccountSession, Way
from talent.db import db, writing
from talent.errors import NotFound
from talent.rules.signing_in import LONGEST_SESSION

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEN_EVERY = timedelta(minutes=5)  # a page that is read writes no more often than this
_BROWSERS = (  # in this order: each of them names those after it, too
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"), ("QQBrowser", "QQ Browser"), ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sitting:
    """The session of whoever asks now."""

    id: int
    way: Way
    began_at: datetime
    seen_at: datetime
    proved_at: datetime

    @property
    def strong(self) -> bool:
        """Whether more than a password was shown."""
        return self.way is not Way.PASSWORD

    def proved(self, way: Way | None, now: datetime) -> Sitting:
        """The same after it was shown anew who sits there."""
        return replace(self, way=way or self.way, proved_at=now)


SITTING = (
    AccountSession.id, AccountSession.way, AccountSession.began_at, AccountSession.seen_at,
    AccountSession.proved_at,
)  # fmt: skip


def digest(key: str) -> str:
    """Under which a session is found: what its cookie holds is not kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def begin(account_id: int, way: Way, *, device: str, now: datetime) -> str:
    """A new session; what its cookie has to hold. Those that are long over are forgotten."""
    key = secrets.token_urlsafe(24)
    over = now - LONGEST_SESSION
    db.session.execute(delete(AccountSession).where(AccountSession.seen_at < over))
    session = AccountSession(
        digest=digest(key),
        account_id=account_id,
        device=device_named(device),
        way=way,
        began_at=now,
        seen_at=now,
        proved_at=now,
    )
    db.session.add(session)
    return key


def proved_again(session_id: int, way: Way | None, *, now: datetime) -> str:
    """Somebody showed anew who sits there, perhaps by more than before: a new key, old one void."""
    key = secrets.token_urlsafe(24)
    values: dict[str, Any] = {"digest": digest(key), "proved_at": now}
    values |= {"way": way} if way else {}
    row = update(AccountSession).where(AccountSession.id == session_id)
    db.session.execute(row.values(**values))
    return key


def seen(sitting: Sitting, *, now: datetime) -> None:
    """Write down that it is in use, in a transaction of its own and at most every few minutes.

    Who reads a page must not suffer from a database that cannot be written on just now.
    """
    if now - sitting.seen_at < SEEN_EVERY:
        return
    try:
        with writing():
            row = update(AccountSession).where(AccountSession.id == sitting.id)
            db.session.execute(row.values(seen_at=now))
    except SQLAlchemyError:
        db.session.rollback()


def live(account_id: int) -> Sequence[AccountSession]:
    """The sessions of an account that were not ended, the latest in use first."""
    query = select(AccountSession).where(
        AccountSession.account_id == account_id, AccountSession.ended_at.is_(None)
    )
    latest = query.order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
    return db.session.scalars(latest).all()


def end(account_id: int, session_id: int, *, now: datetime) -> None:
    """End one session of the account; `NotFound` where there is none."""
    mine = (AccountSession.id == session_id, AccountSession.account_id == account_id)
    if db.session.scalar(select(AccountSession.id).where(*mine)) is None:
        raise NotFound
    db.session.execute(_ending(now).where(*mine))


def end_all(account_id: int, *, but: int | None = None, now: datetime) -> None:
    """End every session of the account, but perhaps the one from which that is asked."""
    rows = _ending(now).where(AccountSession.account_id == account_id)
    db.session.execute(rows if but is None else rows.where(AccountSession.id != but))


def end_by_key(key: str, *, now: datetime) -> None:
    """End the session of a cookie."""
    db.session.execute(_ending(now).where(AccountSession.digest == digest(key)))


def device_named(told: str) -> str:
    """What a browser calls itself, in the words that people know; the rest is not kept."""
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    named = " · ".join(part for part in (browser, system) if part)
    return named or re.sub(r"[^\w .-]", "", told)[:30] or "?"


def _ending(now: datetime) -> Any:
    alive = update(AccountSession).where(AccountSession.ended_at.is_(None))
    return alive.values(ended_at=now).execution_options(synchronize_session=False)
