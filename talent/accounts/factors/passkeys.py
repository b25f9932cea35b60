"""Passkeys (WebAuthn level 2): added and asked; each answer to a challenge counts once."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import delete, select, update
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from talent.accounts.factors import service as factors
from talent.accounts.factors.models import Passkey, SpentChallenge
from talent.accounts.factors.service import Change, NotProved
from talent.accounts.models import Account
from talent.accounts.service import by_id
from talent.audit import Act, record
from talent.db import db, locked, upserting
from talent.errors import NotFound, Refused, RefusedAndKept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ANSWERED_WITHIN = timedelta(minutes=5)
LONGEST = 20_000  # characters of what a browser sends
_NAMELESS = "Talent"
_BROKEN = (WebAuthnException, ValueError, KeyError, TypeError)


def new_challenge() -> str:
    """What a passkey has to sign, as text."""
    return secrets.token_urlsafe(32)


def options_to_add(account: Account, challenge: str, site: str) -> str:
    """What the browser is asked for when a passkey is added, as JSON."""
    held = factors.held_by(account.id).passkeys
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=_host(site),
            rp_name=_NAMELESS,
            user_id=_handle(held, challenge).encode(),
            user_name=account.email or account.name,
            user_display_name=account.name,
            challenge=challenge.encode(),
            exclude_credentials=_described(held),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def options_to_ask(challenge: str, site: str, held: Sequence[Passkey] = ()) -> str:
    """What the browser is asked for when somebody comes in; without `held`, by any passkey."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=_host(site),
            challenge=challenge.encode(),
            allow_credentials=_described(held),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def add(
    account: Account, answer: str, name: str, *, challenge: str, site: str, now: datetime
) -> list[str]:
    """Keep the public half. Recovery codes are made along with the first second step."""
    try:
        found = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge.encode(),
            expected_rp_id=_host(site),
            expected_origin=site,
            require_user_verification=True,
        )
    except _BROKEN:
        raise Refused([NotProved.PASSKEY]) from None
    number = account.id
    codes = factors.recovery_codes_if_first(number)
    account = locked(Account, number)
    _spend(challenge, now)
    token = bytes_to_base64url(found.credential_id)
    if db.session.scalar(select(Passkey.id).filter_by(token=token)) is not None:
        raise Refused([NotProved.PASSKEY])
    row = Passkey(
        account_id=number,
        token=token,
        public_key=found.credential_public_key,
        uses=found.sign_count,
        handle=_handle(factors.held_by(number).passkeys, challenge),
        name=name,
        made_at=now,
    )
    db.session.add(row)
    factors.keep_codes(account, codes, now=now)
    factors.changed(account, Change.PASSKEY_ADDED, now=now)
    return [code for code, _ in codes]


def check(
    answer: str, *, challenge: str, site: str, of: Account | None = None, now: datetime
) -> Account:
    """Whose passkey answered. Another site's, a second answer, a copied or unverified one fail."""
    row = None
    try:
        given = _read(answer)
        row = db.session.scalars(select(Passkey).filter_by(token=str(given["id"]))).one_or_none()
        found = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge.encode(),
            expected_rp_id=_host(site),
            expected_origin=site,
            credential_public_key=row.public_key if row else b"",
            credential_current_sign_count=row.uses if row else 0,
            require_user_verification=True,
        )
    except _BROKEN:
        raise _failed(row, now) from None
    account = by_id(row.account_id) if row else None
    other = of is not None and account is not None and of.id != account.id
    if row is None or account is None or not account.is_active or other:
        raise _failed(row, now)
    handle = given.get("response", {}).get("userHandle")
    if handle and handle != bytes_to_base64url(row.handle.encode()):
        raise _failed(row, now)
    _spend(challenge, now)
    used = update(Passkey).where(Passkey.id == row.id, Passkey.uses == row.uses)
    result: Any = db.session.execute(used.values(uses=found.new_sign_count, used_at=now))
    if result.rowcount != 1:  # two answers of one key in the same moment
        raise Refused([NotProved.PASSKEY])
    return account


def remove(account: Account, passkey_id: int, *, needed: bool, now: datetime) -> None:
    """A passkey opens nothing any more. Whoever needs a second step keeps one."""
    account = locked(Account, account.id)
    held = factors.held_by(account.id)
    found = next((each for each in held.passkeys if each.id == passkey_id), None)
    if found is None:
        raise NotFound
    if needed and held.app is None and len(held.passkeys) == 1:
        raise Refused([NotProved.LAST])
    db.session.delete(found)
    factors.drop_codes_if_last(account.id)
    factors.changed(account, Change.PASSKEY_REMOVED, now=now)


def _failed(row: Passkey | None, now: datetime) -> Refused:
    account = by_id(row.account_id) if row else None
    if account is None:
        return Refused([NotProved.PASSKEY])
    record(Act.FACTOR_FAILED, account, actor=account.actor, now=now)
    return RefusedAndKept([NotProved.PASSKEY])


def _read(answer: str) -> dict[str, Any]:
    given = json.loads(answer) if len(answer) <= LONGEST else None
    if not isinstance(given, dict):
        raise TypeError
    return given


def _spend(challenge: str, now: datetime) -> None:
    """Refuse a second answer to the challenge, whichever machine it comes to."""
    db.session.execute(delete(SpentChallenge).where(SpentChallenge.at < now - 2 * ANSWERED_WITHIN))
    digest = hashlib.sha256(challenge.encode()).hexdigest()
    spent = upserting(SpentChallenge).values(digest=digest, at=now).on_conflict_do_nothing()
    if db.session.scalar(spent.returning(SpentChallenge.digest)) is None:
        raise Refused([NotProved.PASSKEY])


def _described(held: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(each.token)) for each in held
    ]


def _handle(held: Sequence[Passkey], challenge: str) -> str:
    """By which the devices of an account know it: made with the first, it says nothing to others.

    No key of ours is in it: it has to outlive them.
    """
    return held[0].handle if held else hashlib.sha256(b"handle" + challenge.encode()).hexdigest()


def _host(site: str) -> str:
    return urlsplit(site).hostname or ""
