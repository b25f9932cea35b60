"""What other features ask about training and credentials, of many people at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from talent.db import db
from talent.offices.service import seen
from talent.rules import credentials as law
from talent.rules.signup import GateKind, Held
from talent.rules.social_workers import Grade
from talent.training.models import Credential, CredentialKind, TrainingRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission

    People = Collection[int] | Select[int]

PAGE = 30
# What counts: verified by a second person, not withdrawn.
VALID = and_(Credential.verified_at.is_not(None), Credential.ended_at.is_(None))
STANDS = TrainingRecord.ended_at.is_(None)

_YEARLY = 12
KINDS: tuple[dict[str, Any], ...] = (
    {
        "code": "assistant_social_worker",
        "name_zh": "助理社会工作师职业水平证书",
        "name_en": "Assistant social worker certificate",
        "lapses": False,
        "professional": True,
        "grade": Grade.ASSISTANT,
    },
    {
        "code": "social_worker",
        "name_zh": "社会工作师职业水平证书",
        "name_en": "Social worker certificate",
        "lapses": False,
        "professional": True,
        "grade": Grade.SOCIAL_WORKER,
    },
    {
        "code": "senior_social_worker",
        "name_zh": "高级社会工作师职业资格证书",
        "name_en": "Senior social worker certificate",
        "lapses": False,
        "professional": True,
        "grade": Grade.SENIOR,
    },
    {"code": "first_aid", "name_zh": "救护员证", "name_en": "First aid certificate"},
    {
        "code": "food",
        "name_zh": "食品从业人员健康证明",
        "name_en": "Health certificate for food handling",
        "months": _YEARLY,
    },
    {"code": "driving", "name_zh": "机动车驾驶证", "name_en": "Driving licence"},
    {
        "code": "child_safety",
        "name_zh": "接触未成年人从业查询证明",
        "name_en": "Child-safety check",
        "months": _YEARLY,
    },
)


def seed_kinds() -> int:
    """Write the kinds of credentials that are missing; what an office changed stays. How many."""
    known = set(db.session.scalars(select(CredentialKind.code)))
    new = [
        CredentialKind(place=place, **kind)
        for place, kind in enumerate(KINDS, 1)
        if kind["code"] not in known
    ]
    db.session.add_all(new)
    db.session.flush()
    return len(new)


def kinds() -> Sequence[CredentialKind]:
    """Every kind of credential, in its order."""
    query = select(CredentialKind).order_by(CredentialKind.place, CredentialKind.id)
    return db.session.scalars(query).all()


def credentials_of(
    person_ids: People, kind_ids: Collection[int] | None = None
) -> dict[int, list[Held]]:
    """What counts of each person's credentials, as signing up asks for it; `key` is the kind."""
    query = select(
        Credential.person_id, Credential.kind_id, Credential.issued_on, Credential.valid_until
    ).where(Credential.person_id.in_(person_ids), VALID)
    if kind_ids is not None:
        query = query.where(Credential.kind_id.in_(kind_ids))
    return _held(GateKind.CREDENTIAL, query)


def trainings_of(
    person_ids: People, course_ids: Collection[int] | None = None
) -> dict[int, list[Held]]:
    """What each person learned in courses, as signing up asks for it; `key` is the course."""
    query = select(
        TrainingRecord.person_id,
        TrainingRecord.course_id,
        TrainingRecord.held_on,
        TrainingRecord.valid_until,
    ).where(TrainingRecord.person_id.in_(person_ids), STANDS)
    query = query.where(
        TrainingRecord.course_id.is_not(None)
        if course_ids is None
        else TrainingRecord.course_id.in_(course_ids)
    )
    return _held(GateKind.TRAINING, query)


def held_by(person_ids: People) -> dict[int, list[Held]]:
    """Credentials and courses of each person, in two questions."""
    found = credentials_of(person_ids)
    for person_id, held in trainings_of(person_ids).items():
        found.setdefault(person_id, []).extend(held)
    return found


def certificates_on(person_ids: People, day: date) -> set[int]:
    """Who of them holds a professional certificate on a day, for the 持证率.

    One withdrawn later still counted then.
    """
    query = (
        select(
            Credential.person_id,
            Credential.issued_on,
            Credential.valid_until,
            Credential.ended_at,
            CredentialKind.code,
            CredentialKind.grade,
        )
        .join(CredentialKind, CredentialKind.id == Credential.kind_id)
        .where(Credential.person_id.in_(person_ids), CredentialKind.professional)
        .where(Credential.verified_at.is_not(None))
    )
    held: dict[int, list[law.Held]] = defaultdict(list)
    for person_id, first, last, ended, code, grade in db.session.execute(query):
        withdrawn = ended.date() if ended else None
        held[person_id].append(law.Held(code, first, last, withdrawn, grade))
    return {person_id for person_id, own in held.items() if law.is_certified(own, day=day)}


def above(actor: Actor, permission: Permission) -> set[int]:
    """The offices at which the permission is held, and those above them."""
    paths = actor.paths(permission)
    return {int(step) for path in paths for step in path.strip("/").split("/") if step}


def shared(column: Any, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on an office's id: one of the actor's, or one above that shares with all."""
    return or_(column.in_(seen(actor, permission)), column.in_(above(actor, permission)))


def beyond(model: Any, column: Any, after: int, *, falling: bool = False) -> ColumnElement[bool]:
    """The condition that continues a list, ordered by a column and the id, behind a row."""
    edge = select(column).where(model.id == after).correlate(None).scalar_subquery()
    if falling:
        return or_(column < edge, and_(column == edge, model.id < after))
    return or_(column > edge, and_(column == edge, model.id > after))


def _held(kind: GateKind, query: Select[*tuple[Any, ...]]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for person_id, key, first, last in db.session.execute(query):
        found[person_id].append(Held(kind, key, first, last))
    return dict(found)
