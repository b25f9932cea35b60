"""Which mapping holds for an office, and new versions of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.national.models import NationalMapping
from talent.offices.service import seen
from talent.rules import mappings as law
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.national import FileMapping

EXAMPLE = Path(__file__).parents[1] / "default.toml"


class Unmapped(Word):
    """Why no single mapping is found."""

    SEVERAL = (
        "several",
        N_("These offices use different mappings. Choose them one after the other."),
    )
    BACKDATED = "backdated", N_("A mapping holds from today on at the earliest.")


@dataclass(frozen=True, slots=True)
class Held:
    """The mapping that holds, and the version it is; None: the example that comes with Talent."""

    version: NationalMapping | None
    text: str
    mapping: FileMapping

    @property
    def name(self) -> str:
        """How a file names it, whoever made the file."""
        if self.version is None:
            return self.mapping.title
        return f"{self.version.office.name_zh} · {self.version.title} · {self.version.version}"


def example() -> Held:
    """What holds where no office made a mapping of its own."""
    return _held(None, EXAMPLE.read_text(encoding="utf-8"))


def held_by(office: Office, *, on: date) -> Held:
    """The mapping of the office on a day: its own, or that of the nearest above it."""
    return held_by_all([office], on=on)


def held_by_all(offices: Iterable[Office], *, on: date) -> Held:
    """The one mapping of all these offices; refused when there are several."""
    asked = list(offices)
    speakers = {speaker for office in asked for speaker in office.ancestor_ids}
    query = (
        select(NationalMapping)
        .where(NationalMapping.office_id.in_(speakers), NationalMapping.valid_from <= on)
        .options(joinedload(NationalMapping.office))
        .order_by(NationalMapping.valid_from, NationalMapping.version)
    )
    latest = {version.office_id: version for version in db.session.scalars(query)}
    found = {
        next((latest[i] for i in reversed(office.ancestor_ids) if i in latest), None)
        for office in asked
    }
    if len(found) > 1:
        raise Refused([Unmapped.SEVERAL])
    version = found.pop() if found else None
    return _held(version, version.text) if version else example()


def _held(version: NationalMapping | None, text: str) -> Held:
    mapping, reasons = law.read(text)
    if mapping is None:
        raise Refused(reasons)
    return Held(version, text, mapping)


def add(
    office: Office, text: str, *, valid_from: date, actor: Actor, now: datetime, today: date
) -> NationalMapping:
    """A new version; what it says is checked whole before it is kept."""
    text = text.replace("\r\n", "\n")
    mapping, reasons = law.read(text)
    if valid_from < today:
        reasons = [*reasons, Because(Unmapped.BACKDATED)]
    if mapping is None or reasons:
        raise Refused(reasons)
    last = select(func.max(NationalMapping.version)).where(NationalMapping.office_id == office.id)
    version = NationalMapping(
        office_id=office.id,
        version=(db.session.scalar(last) or 0) + 1,
        title=mapping.title[:100] or "—",
        text=text,
        valid_from=valid_from,
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        Act.NATIONAL_MAPPED,
        version,
        actor=actor,
        now=now,
        office_id=office.id,
        version=version.version,
        valid_from=valid_from.isoformat(),
    )
    return version


def versions(actor: Actor) -> Sequence[NationalMapping]:
    """Every version of one's offices, the latest first."""
    query = (
        select(NationalMapping)
        .where(NationalMapping.office_id.in_(seen(actor, Permission.SEE_HOURS)))
        .options(joinedload(NationalMapping.office))
        .order_by(NationalMapping.id.desc())
    )
    return db.session.scalars(query).all()


def visible_version(actor: Actor, mapping_id: int) -> Held:
    """A version of one's offices, or of one above them, whose files they make by it."""
    version = db.session.get(NationalMapping, mapping_id)
    paths = actor.paths(Permission.SEE_HOURS)
    if version is None or not any(
        version.office.path.startswith(path) or path.startswith(version.office.path)
        for path in paths
    ):
        raise NotFound
    return _held(version, version.text)
