"""Two files side by side, as a clerk reads them: what each says, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent import audit
from talent.accounts.models import Account
from talent.db import db
from talent.hours import ledger
from talent.i18n import date_of, gettext, label, named
from talent.merging import rows
from talent.merging.drawing import sides_of
from talent.merging.plan import Side
from talent.merging.policies import FIELDS, LABELS
from talent.people.history.service import mask
from talent.people.models import Person, Registration
from talent.rules.identity import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from talent.merging.models import Merge
    from talent.merging.plan import Wish

NOTHING = "—"
LANGUAGES = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What two files say, the one that stays first; by group where they differ, by label else."""

    same: Sequence[tuple[str, str]]
    differing: Mapping[str, tuple[str, str]]
    sides: Mapping[str, Side]
    hours: tuple[int, int]
    offices: tuple[list[str], list[str]]


def compared(target: Person, source: Person) -> Compared:
    """Both files side by side."""
    said = {group: (_said(target, group), _said(source, group)) for group in FIELDS}
    theirs, mine = _row(target), _row(source)
    differ = {
        group
        for group, columns in FIELDS.items()
        if any(mine[name] != theirs[name] for name in columns if not name.startswith("document_i"))
    }
    return Compared(
        same=[
            (LABELS[group], said[group][0])
            for group in FIELDS
            if group not in differ and said[group] != (NOTHING, NOTHING)
        ],
        differing={group: said[group] for group in FIELDS if group in differ},
        sides=sides_of(mine, theirs, {}),
        hours=(ledger.total(person_id=target.id), ledger.total(person_id=source.id)),
        offices=(_offices(target), _offices(source)),
    )


def then(target: Person, source: Person, wish: Wish) -> list[tuple[str, str]]:
    """The words of the file as it will be."""
    chosen = sides_of(_row(source), _row(target), wish.fields)
    return [
        (LABELS[group], _said(source if chosen[group] is Side.SOURCE else target, group))
        for group in FIELDS
    ]


def accounts_of(target: Person, source: Person) -> Sequence[Account]:
    """The ways to sign in of both, that of the file that stays first."""
    query = select(Account).where(Account.person_id.in_([target.id, source.id]))
    found = db.session.scalars(query.order_by(Account.id)).all()
    return sorted(found, key=lambda one: one.person_id != target.id)


def account(id_: int | None) -> Account | None:
    """An account by its id."""
    return db.session.get(Account, id_) if id_ else None


def names(merge: Merge) -> dict[int, str]:
    """What those are called who joined the files and parted them."""
    return audit.called([merge.made_by, merge.undone_by])


def _row(person: Person) -> dict[str, Any]:
    table = rows.table_of("person")
    return rows.read(table, table.c.id == person.id)[0]


def _offices(person: Person) -> list[str]:
    query = select(Registration).where(Registration.person_id == person.id)
    found = db.session.scalars(query.order_by(Registration.id)).all()
    return [f"{named(one.office)} · {label(one.state)}" for one in found]


def _said(person: Person, group: str) -> str:
    """A group of words as it is read; of numbers only what tells them apart."""
    told: dict[str, Callable[[], str | None]] = {
        "name": lambda: person.name,
        "sex": lambda: label(person.sex),
        "birth_date": lambda: date_of(person.birth_date),
        "document": lambda: _joined(label(person.document_kind), masked(person.document or "")),
        "phone": lambda: mask(person.phone),
        "email": lambda: person.email,
        "area": lambda: person.area,
        "skills": lambda: person.skills,
        "guardian": lambda: _joined(
            person.guardian_name, person.guardian_relation, mask(person.guardian_phone)
        ),
        "emergency": lambda: _joined(
            person.emergency_name, person.emergency_relation, mask(person.emergency_phone)
        ),
        "photograph": lambda: gettext("there is one") if person.photo_id else "",
        "home_office": lambda: named(person.home) if person.home else "",
        "language": lambda: LANGUAGES.get(person.language, person.language),
    }
    return told[group]() or NOTHING


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
