"""Codes of an app and recovery codes: set up, asked, each used once, ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from talent import passwords
from talent.accounts.factors.models import CodeApp, Passkey, RecoveryCode
from talent.accounts.models import Account
from talent.accounts.sessions.models import Way
from talent.accounts.tries import forget_failures, reserve
from talent.audit import Act, record
from talent.db import db, locked
from talent.errors import Refused, RefusedAndKept
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.rules import one_time
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.accounts.tries import Origin


class NotProved(Word):
    """Why somebody did not show who sits there, or may not do without showing it."""

    CODE = "code", N_("This code is not right, or it was used before.")
    PASSKEY = "passkey", N_("The passkey was not accepted. Please try again.")
    LAST = "last", N_("This is your last second step, and your roles need one. Set up another one.")
    NONE = "none", N_("First set up an app or a passkey.")


class Change(Word):
    """What happened to the ways of signing in, as its holder is told."""

    PASSWORD = "password", N_("Your password was changed.")
    APP_SET = "app_set", N_("An app now shows codes for signing in.")
    APP_ENDED = "app_ended", N_("Codes of an app are not asked any more.")
    CODES_MADE = "codes_made", N_("New recovery codes were made; the old ones do not work.")
    CODE_USED = "code_used", N_("Somebody signed in with one of your recovery codes.")
    PASSKEY_ADDED = "passkey_added", N_("A passkey was added.")
    PASSKEY_REMOVED = "passkey_removed", N_("A passkey was removed.")
    TAKEN = (
        "taken",
        N_("An administrator took away your second step of signing in, because it was lost."),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """What an account has beside its password."""

    app: CodeApp | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether a second step is asked."""
        return self.app is not None or bool(self.passkeys)


def held_by(account_id: int) -> Held:
    """What the account has."""
    keys = select(Passkey).filter_by(account_id=account_id).order_by(Passkey.id)
    codes = select(func.count()).select_from(RecoveryCode)
    left = codes.where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return Held(_app_of(account_id), db.session.scalars(keys).all(), db.session.scalar(left) or 0)


def new_secret() -> bytes:
    """What an app makes its codes from."""
    return secrets.token_bytes(one_time.SECRET_BYTES)


def set_app(
    account: Account, secret: bytes, typed: str, *, origin: Origin, now: datetime
) -> list[str]:
    """The app that showed this code is asked from now on, in place of an older one.

    Recovery codes are made along with the first second step; they are given back.
    """
    number = account.id
    index = _index(number, origin)
    reserve(index, None, most=True, now=now)
    step = one_time.matching_step(secret, one_time.read_code(typed), now, last_step=0)
    if step is None:
        raise RefusedAndKept([NotProved.CODE])
    codes = recovery_codes_if_first(number)
    forget_failures(index)
    account = locked(Account, number)
    db.session.execute(delete(CodeApp).where(CodeApp.account_id == number))
    kept = CodeApp(account_id=number, secret=secret.hex(), made_at=now, used_at=now, last_step=step)
    db.session.add(kept)
    keep_codes(account, codes, now=now)
    changed(account, Change.APP_SET, now=now)
    return [code for code, _ in codes]


def end_app(account: Account, *, needed: bool, now: datetime) -> None:
    """No more codes of the app. Whoever needs a second step keeps one."""
    account = locked(Account, account.id)
    held = held_by(account.id)
    if needed and not held.passkeys:
        raise Refused([NotProved.LAST])
    if held.app:
        db.session.delete(held.app)
        changed(account, Change.APP_ENDED, now=now)
    drop_codes_if_last(account.id)


def renew_codes(account: Account, *, now: datetime) -> list[str]:
    """Ten new recovery codes; every old one is void."""
    if not held_by(account.id).any:
        raise Refused([NotProved.NONE])
    number, codes = account.id, _ten()
    account = locked(Account, number)
    keep_codes(account, codes, now=now)
    changed(account, Change.CODES_MADE, now=now)
    return [code for code, _ in codes]


def check_code(account: Account, typed: str, *, origin: Origin, now: datetime) -> Way:
    """By what the code proves its holder: the app, or a recovery code, each code once."""
    number, code = account.id, one_time.read_code(typed)
    index = _index(number, origin)
    reserve(index, None, most=True, now=now)
    by_app = one_time.is_app_code(code)
    used = _use_app_code(number, code, now) if by_app else _use_recovery(number, code, now)
    if not used:
        account = db.session.get_one(Account, number)
        record(Act.FACTOR_FAILED, account, actor=account.actor, now=now)
        raise RefusedAndKept([NotProved.CODE])
    forget_failures(index)
    if not by_app:
        tell_change(locked(Account, number), Change.CODE_USED, now=now)
    return Way.APP if by_app else Way.RECOVERY


def recovery_codes_if_first(account_id: int) -> list[tuple[str, str]]:
    """Codes with their hashes where the account has none yet; made while nothing is held."""
    some = db.session.scalar(select(RecoveryCode.id).filter_by(account_id=account_id).limit(1))
    return [] if some else _ten()


def keep_codes(account: Account, codes: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Put these in the place of the old ones; without any, the old ones stay."""
    if not codes:
        return
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    db.session.add_all(
        RecoveryCode(account_id=account.id, place=place, secret=kept, made_at=now)
        for place, (_, kept) in enumerate(codes)
    )


def drop_codes_if_last(account_id: int) -> None:
    """Recovery codes stand in for something: without it they go."""
    db.session.flush()
    if not held_by(account_id).any:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def take_all(account: Account, *, now: datetime) -> None:
    """All that the account has beside its password is void, and its holder is told."""
    for table in (CodeApp, RecoveryCode, Passkey):
        db.session.execute(delete(table).where(table.account_id == account.id))
    forget_failures(blind_index("factor", str(account.id)))
    tell_change(account, Change.TAKEN, now=now)


def changed(account: Account, what: Change, *, now: datetime) -> None:
    """Leave a trace of what the holder did, and tell the holder's mail box."""
    record(Act.FACTOR_CHANGED, account, actor=account.actor, now=now, what=what.value)
    tell_change(account, what, now=now)


def tell_change(account: Account, what: Change, *, now: datetime) -> None:
    """Tell the holder that the ways of signing in changed, so that a thief is noticed."""
    tell(
        MessageKind.SIGNING_CHANGED,
        once=f"{account.id}:{what.value}:{secrets.token_hex(6)}",
        now=now,
        account=account,
        facts={"what": what.label, "changed_at": now.isoformat(), "path": "/account/"},
    )


def _app_of(account_id: int) -> CodeApp | None:
    query = select(CodeApp).filter_by(account_id=account_id)
    return db.session.scalars(query).one_or_none()


def _use_app_code(account_id: int, code: str, now: datetime) -> bool:
    app = _app_of(account_id)
    if app is None:
        return False
    step = one_time.matching_step(bytes.fromhex(app.secret), code, now, app.last_step)
    if step is None:
        return False
    later = (CodeApp.id == app.id, CodeApp.last_step < step)
    return _one(update(CodeApp).where(*later).values(last_step=step, used_at=now))


def _use_recovery(account_id: int, code: str, now: datetime) -> bool:
    place = one_time.place_of(code)
    query = select(RecoveryCode).filter_by(account_id=account_id, place=place, used_at=None)
    row = db.session.scalars(query).one_or_none() if place is not None else None
    number, kept = (row.id, row.secret) if row else (None, None)
    db.session.rollback()  # hashing takes long: hold nothing meanwhile
    if not passwords.fits(kept, code) or number is None:
        return False
    unused = (RecoveryCode.id == number, RecoveryCode.used_at.is_(None))
    return _one(update(RecoveryCode).where(*unused).values(used_at=now))


def _one(statement: Any) -> bool:
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)


def _ten() -> list[tuple[str, str]]:
    db.session.rollback()  # hashing takes long: hold nothing meanwhile
    codes = [
        one_time.recovery_code(place, secrets.token_bytes(one_time.RECOVERY_SIGNS))
        for place in range(one_time.RECOVERY_CODES)
    ]
    return [(code, passwords.hashed(one_time.read_code(code))) for code in codes]


def _index(account_id: int, origin: Origin) -> str:
    known = f"\0{origin.device}" if account_id in origin.known_to else ""
    return blind_index("factor", f"{account_id}{known}")
