"""Kinds of credentials: described, changed and closed; what is held of a kind stays as it is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules import credentials as law
from talent.rules.sources import Sure
from talent.training.models import Course, Credential, CredentialKind
from talent.training.service import VALID

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor


@dataclass(slots=True)
class Described:
    """What is stated of a kind."""

    name_zh: str
    name_en: str | None = None
    issuer: str | None = None
    lapses: bool = True
    months: int | None = None
    recheck_months: int | None = None
    is_check: bool = False
    renew_months: int | None = None
    learning_minutes: int | None = None
    renewal_zh: str | None = None
    renewal_en: str | None = None
    number_mask: str | None = None
    number_example: str | None = None
    evidence: bool = False
    classes: list[str] = field(default_factory=list)
    remind_days: list[int] = field(default_factory=list)
    source: str | None = None
    sure: Sure = Sure.OWN
    open: bool = True


def listed() -> Sequence[tuple[CredentialKind, int]]:
    """Every kind, in its order, with how many credentials of it count now."""
    held = (
        select(func.count(Credential.id))
        .where(Credential.kind_id == CredentialKind.id, VALID)
        .scalar_subquery()
    )
    query = select(CredentialKind, held).order_by(CredentialKind.place, CredentialKind.id)
    return [(kind, number) for kind, number in db.session.execute(query)]


def one(kind_id: int) -> CredentialKind:
    """The kind with its courses, or `NotFound`."""
    query = select(CredentialKind).where(CredentialKind.id == kind_id)
    query = query.options(selectinload(CredentialKind.courses))
    if (kind := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return kind


def add(
    stated: Described, courses: Collection[Course], *, actor: Actor, now: datetime
) -> CredentialKind:
    """A kind of one's own, behind those that are there."""
    last = db.session.scalar(select(func.max(CredentialKind.place))) or 0
    kind = CredentialKind(code=f"own-{secrets.token_hex(4)}", place=last + 1)
    _write(kind, stated, courses)
    db.session.add(kind)
    return _traced(kind, actor, now)


def change(
    kind: CredentialKind,
    stated: Described,
    courses: Collection[Course],
    *,
    actor: Actor,
    now: datetime,
) -> CredentialKind:
    """From now on; the days of what was taken down before stay as they were written."""
    _write(kind, stated, courses)
    return _traced(kind, actor, now)


def _write(kind: CredentialKind, stated: Described, courses: Collection[Course]) -> None:
    found = law.refusals_of_kind(
        mask=stated.number_mask,
        example=stated.number_example,
        months=stated.months if stated.lapses else None,
        renew_months=stated.renew_months,
        remind_days=stated.remind_days,
        sourced=bool(stated.source) or stated.sure is Sure.OWN,
    )
    if found:
        raise Refused(found)
    for name in Described.__slots__:
        setattr(kind, name, getattr(stated, name))
    kind.courses = list(courses)


def _traced(kind: CredentialKind, actor: Actor, now: datetime) -> CredentialKind:
    db.session.flush()
    audit.record(Act.KIND_CHANGED, kind, actor=actor, now=now, name=kind.name_zh)
    return kind
