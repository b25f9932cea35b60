"""The tree of offices: who stands where, making an office below another, changing one."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import Permission
from talent.audit import Act, record
from talent.db import db
from talent.errors import Refused
from talent.offices.models import Office, OfficeKind, Settlement
from talent.offices.service import offices_of, within
from talent.rules import credit_code
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor

# GB/T 2260 and the codes of the statistical office: province, city, district, street, community.
DIVISION_LENGTHS = (2, 4, 6, 9, 12)  # digits
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau")
_HEIGHT = {OfficeKind.DISTRICT: 0, OfficeKind.STREET: 1, OfficeKind.COMMUNITY: 2}


class Misplaced(StrEnum):
    """Why an office cannot be as it was described."""

    KIND = N_("An office of this kind cannot stand there: it would not be below a larger one.")
    CODE_TAKEN = N_("Another office has this code.")
    DIVISION = N_("A division code has 2, 4, 6, 9 or 12 digits.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an office says about itself."""

    kind: OfficeKind
    name_zh: str
    name_en: str | None = None
    division_code: str | None = None
    credit_code: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    address: str | None = None
    zone: str = ZONES[0]
    settlement: Settlement = Settlement.URBAN
    households: int | None = None
    open: bool = True


def tree(actor: Actor) -> list[tuple[int, Office]]:
    """The offices that the actor may see, each with its depth below the topmost of them."""
    offices = offices_of(actor, Permission.SEE_OFFICES)
    children: dict[int | None, list[Office]] = {}
    known = {office.id for office in offices}
    for office in offices:
        above = office.parent_id if office.parent_id in known else None
        children.setdefault(above, []).append(office)
    return list(_walked(children, None, 0))


def _walked(
    children: dict[int | None, list[Office]], above: int | None, depth: int
) -> list[tuple[int, Office]]:
    found = []
    order = sorted(children.get(above, ()), key=lambda o: (o.division_code or "~", o.id))
    for office in order:
        found += [(depth, office), *_walked(children, office.id, depth + 1)]
    return found


def above(actor: Actor, office: Office) -> Sequence[Office]:
    """The offices above this one that the actor may see, the topmost first."""
    query = select(Office).where(
        Office.id.in_(office.ancestor_ids[:-1]), within(actor, Permission.SEE_OFFICES)
    )
    return sorted(db.session.scalars(query), key=lambda each: each.depth)


def below(office: Office) -> Sequence[Office]:
    """The offices directly below this one."""
    query = select(Office).where(Office.parent_id == office.id)
    return db.session.scalars(query.order_by(Office.division_code, Office.id)).all()


def make_office(
    parent: Office | None, particulars: Particulars, *, actor: Actor, now: datetime
) -> Office:
    """Put a new office below another one, or at the root of a tree of its own."""
    _check(particulars, parent)
    office = Office(parent_id=parent.id if parent else None, path="/", **_tidied(particulars))
    db.session.add(office)
    db.session.flush()
    office.path = f"{parent.path if parent else '/'}{office.id}/"
    record(Act.OFFICE_MADE, office, actor=actor, now=now, office_id=office.id)
    return office


def change_office(office: Office, particulars: Particulars, *, actor: Actor, now: datetime) -> None:
    """Let the office say something else about itself. The names of what changed are recorded."""
    _check(particulars, office.parent, office)
    before = {name: getattr(office, name) for name in _tidied(particulars)}
    for name, value in _tidied(particulars).items():
        setattr(office, name, value)
    changed = [name for name in before if getattr(office, name) != before[name]]
    if changed:
        record(
            Act.OFFICE_CHANGED, office, actor=actor, now=now, office_id=office.id, changed=changed
        )


def _tidied(particulars: Particulars) -> dict[str, object]:
    values = asdict(particulars)
    typed = particulars.credit_code
    return values | {"credit_code": credit_code.normalise(typed) if typed else None}


def _check(particulars: Particulars, parent: Office | None, office: Office | None = None) -> None:
    found = _kind_refusals(particulars.kind, parent, office)
    division = particulars.division_code
    if division and not (re.fullmatch(r"[0-9]+", division) and len(division) in DIVISION_LENGTHS):
        found.append(Because(Misplaced.DIVISION))
    if particulars.credit_code:
        code = credit_code.normalise(particulars.credit_code)
        found += credit_code.refusals(code)
        query = select(Office.id).where(Office.credit_code == code)
        if db.session.scalar(query) not in {None, office.id if office else None}:
            found.append(Because(Misplaced.CODE_TAKEN))
    if found:
        raise Refused(found)


def _kind_refusals(kind: OfficeKind, parent: Office | None, office: Office | None) -> list[Because]:
    lower = below(office) if office else ()
    fits = (parent is None or _holds(parent.kind, kind)) and all(
        _holds(kind, each.kind) for each in lower
    )
    return [] if fits else [Because(Misplaced.KIND)]


def _holds(upper: OfficeKind, lower: OfficeKind) -> bool:
    """A district holds streets, a street communities; stations and partners stand anywhere."""
    height = _HEIGHT.get(lower)
    return height is None or _HEIGHT.get(upper, height) < height
