"""Keys: find them, make them at an office's first issue, replace and withdraw them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit, seal
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.certificates.keys import minting
from talent.certificates.keys.minting import Owner, Voucher
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor

OF_OFFICE = (Purpose.PDF, Purpose.PAYLOAD)
SHORT = 8  # hexadecimal digits of a fingerprint that name a key in a code


class Unkept(Word):
    """Why nothing is done to a key."""

    FUTURE = "future", N_("This moment is still to come.")
    EARLY = "early", N_("The key was made after this moment.")
    WITHDRAWN = "withdrawn", N_("This key was withdrawn already.")


def frozen(units: Sequence[int], *, actor: Actor, now: datetime) -> dict[str, Any]:
    """What a certificate says of its keys, for its content: each unit signs, in this order.

    Who has no key yet gets one. The code of several units is signed by the installation, as none
    of them can speak for all; of badges each unit signs its own.
    """
    held = _signing([*units, None])
    key_of = {unit: _held(held, unit, Purpose.PDF, actor, now) for unit in units}
    of_badge = {unit: _held(held, unit, Purpose.PAYLOAD, actor, now) for unit in units}
    of_code = (
        of_badge[units[0]] if len(units) == 1 else _held(held, None, Purpose.PAYLOAD, actor, now)
    )
    return {
        "signed_at": now.isoformat(),
        "signatures": [{"unit": unit, "key": key_of[unit].fingerprint} for unit in units],
        "payload": {"key": of_code.fingerprint},
        "badges": [{"unit": unit, "key": of_badge[unit].fingerprint} for unit in units],
    }


def by_fingerprint(fingerprints: Iterable[str]) -> dict[str, OfficeKey]:
    """The keys that these name, with their roots and offices."""
    query = (
        select(OfficeKey)
        .where(OfficeKey.fingerprint.in_(list(fingerprints)))
        .options(joinedload(OfficeKey.root), joinedload(OfficeKey.office))
    )
    return {key.fingerprint: key for key in db.session.scalars(query)}


def named_in(content: Mapping[str, Any]) -> list[str]:
    """The fingerprints of the keys that sign its PDF; none on one from before there were keys."""
    return [each["key"] for each in content.get("signatures", ())]


def private_of(fingerprints: Iterable[str]) -> dict[str, str]:
    """The private keys, as text."""
    query = select(OfficeKey.fingerprint, OfficeKey.private).where(
        OfficeKey.fingerprint.in_(list(fingerprints))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def of_codes(begins: str = "") -> Sequence[OfficeKey]:
    """Every key that ever signed codes, or those whose fingerprint begins like this."""
    query = (
        select(OfficeKey)
        .where(OfficeKey.purpose == Purpose.PAYLOAD, OfficeKey.fingerprint.startswith(begins))
        .options(joinedload(OfficeKey.office))
        .order_by(OfficeKey.id)
    )
    return db.session.scalars(query).all()


def roots() -> Sequence[OfficeKey]:
    """The installation's anchors, the latest first."""
    query = select(OfficeKey).where(OfficeKey.purpose == Purpose.ROOT)
    return db.session.scalars(query.order_by(OfficeKey.id.desc())).all()


def of_office(office_id: int) -> Sequence[OfficeKey]:
    """All keys that an office ever had, the latest first."""
    query = select(OfficeKey).where(OfficeKey.office_id == office_id)
    return db.session.scalars(query.order_by(OfficeKey.id.desc())).all()


def owners() -> Sequence[Office]:
    """Offices that have a key."""
    query = select(Office).where(Office.id.in_(select(OfficeKey.office_id)))
    return db.session.scalars(query.order_by(Office.path)).all()


def kept_key(actor: Actor, key_id: int) -> OfficeKey:
    """A key that the actor may withdraw, or `NotFound`."""
    query = select(OfficeKey).where(
        OfficeKey.id == key_id,
        OfficeKey.office_id.in_(seen(actor, Permission.REVOKE_CERTIFICATES)),
    )
    if (key := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return key


def public_key(fingerprint: str) -> OfficeKey:
    """A key that anybody may take home, or `NotFound`."""
    if (key := by_fingerprint([fingerprint]).get(fingerprint)) is None:
        raise NotFound
    return key


def replace(
    office_id: int | None,
    purposes: Iterable[Purpose] = OF_OFFICE,
    *,
    why: str,
    actor: Actor,
    now: datetime,
) -> list[OfficeKey]:
    """From now on new keys sign; what the old ones signed stays valid. The new keys."""
    query = (
        select(OfficeKey)
        .where(
            OfficeKey.office_id == office_id,
            OfficeKey.purpose.in_(list(purposes)),
            OfficeKey.retired_at.is_(None),
        )
        .order_by(OfficeKey.id)
        .with_for_update()
    )
    return [
        _replaced(key, why=why, actor=actor, now=now) for key in db.session.scalars(query).all()
    ]


def withdraw(key: OfficeKey, *, since: datetime, why: str, actor: Actor, now: datetime) -> None:
    """A stranger may have it: what it signed from that moment on is not believed any more."""
    locked(OfficeKey, key.id)
    if key.compromised_at is not None:
        raise Refused([Unkept.WITHDRAWN])
    if since > now:
        raise Refused([Unkept.FUTURE])
    if since < key.made_at:
        raise Refused([Unkept.EARLY])
    key.compromised_at = since
    audit.record(
        Act.KEY_WITHDRAWN, key, actor=actor, now=now, office_id=key.office_id,
        fingerprint=key.fingerprint, since=since.isoformat(), why=why,
    )  # fmt: skip
    if key.retired_at is None:
        _replaced(key, why=why, actor=actor, now=now)
    else:
        key.why = why


def reseal() -> int:
    """Every private key under the newest of the installation's data keys; how many."""
    sealed = type_coerce(OfficeKey.private, Text)
    rows = db.session.execute(
        select(OfficeKey.id, sealed).order_by(OfficeKey.id).with_for_update()
    ).all()
    for key_id, text in rows:
        fresh = type_coerce(seal.reseal(text), Text)
        db.session.execute(update(OfficeKey).where(OfficeKey.id == key_id).values(private=fresh))
    return len(rows)


def _replaced(key: OfficeKey, *, why: str, actor: Actor, now: datetime) -> OfficeKey:
    key.retired_at, key.why = now, why
    db.session.flush()  # one at a time
    fresh = _made(key.office_id, key.purpose, actor, now)
    key.replaced_by_id = fresh.id
    audit.record(
        Act.KEY_REPLACED, key, actor=actor, now=now, office_id=key.office_id,
        purpose=key.purpose.value, by=fresh.fingerprint, why=why,
    )  # fmt: skip
    return fresh


def _signing(offices: Iterable[int | None]) -> dict[tuple[int | None, Purpose], OfficeKey]:
    ids = [each for each in offices if each is not None]
    query = select(OfficeKey).where(
        OfficeKey.retired_at.is_(None),
        OfficeKey.office_id.in_(ids) | OfficeKey.office_id.is_(None),
    )
    return {(key.office_id, key.purpose): key for key in db.session.scalars(query)}


def _held(
    held: dict[tuple[int | None, Purpose], OfficeKey],
    office_id: int | None,
    purpose: Purpose,
    actor: Actor,
    now: datetime,
) -> OfficeKey:
    if (key := held.get((office_id, purpose))) is None:
        key = held[office_id, purpose] = _first(office_id, purpose, actor, now)
    return key


def _first(office_id: int | None, purpose: Purpose, actor: Actor, now: datetime) -> OfficeKey:
    """A key where there was none. When another one was faster, his."""
    try:
        with db.session.begin_nested():
            return _made(office_id, purpose, actor, now)
    except IntegrityError:
        return _signing([office_id])[office_id, purpose]


def _made(office_id: int | None, purpose: Purpose, actor: Actor, now: datetime) -> OfficeKey:
    root = None
    if purpose is Purpose.PDF:
        root = _signing([]).get((None, Purpose.ROOT)) or _first(None, Purpose.ROOT, SYSTEM, now)
    pair = _minted(office_id, purpose, root, now)
    key = OfficeKey(
        office_id=office_id,
        purpose=purpose,
        root_id=root.id if root else None,
        made_at=now,
        made_by=actor.account_id,
        **asdict(pair),
    )
    db.session.add(key)
    db.session.flush()
    audit.record(
        Act.KEY_MADE, key, actor=actor, now=now, office_id=office_id,
        purpose=purpose.value, fingerprint=key.fingerprint,
    )  # fmt: skip
    return key


def _minted(
    office_id: int | None, purpose: Purpose, root: OfficeKey | None, now: datetime
) -> minting.Pair:
    if purpose is Purpose.PAYLOAD:
        return minting.of_payload()
    if root is None or root.certificate is None or office_id is None:
        top = db.session.scalars(
            select(Office).where(Office.parent_id.is_(None)).order_by(Office.id)
        ).first()
        name = f"{top.name_zh if top else 'Talent'} 志愿服务记录证明根"
        return minting.of_root(Owner(name), now)
    office = db.session.get_one(Office, office_id)
    owner = Owner(office.name_zh, office.credit_code)
    return minting.of_pdf(owner, Voucher(root.certificate, root.private), now)
