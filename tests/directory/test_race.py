"""Several processes press the same button in the same moment: it is done once."""

from __future__ import annotations

from datetime import UTC, datetime

import make
from races import race
from sqlalchemy import select

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.directory.models import ActPart, ManyAct, ManyKind, ManyState, PartState
from talent.people.models import Person, Skill


def test_eight_undos_at_once_are_one(settings, app):
    here = make.office()
    clerk = make.account(Role.COORDINATOR, here)
    aid = make.saved(Skill(name_zh="急救"))
    people = [make.person(name, at=here) for name in ("王秀兰", "李敏")]
    with writing():
        act = ManyAct(
            made_by=clerk.id, made_at=datetime.now(UTC), kind=ManyKind.GIVE_SKILL,
            wish={"skill": aid.id}, title="急救", number=2, state=ManyState.DONE,
        )  # fmt: skip
        db.session.add(act)
        db.session.flush()
        for person in people:
            db.session.get(Person, person.id).known_skills = [db.session.get(Skill, aid.id)]
            db.session.add(ActPart(act_id=act.id, person_id=person.id, state=PartState.CHANGED))
    url = f"/people/acts/{act.id}/undo"
    db.session.rollback()
    answers = race(settings, [(clerk, [url]) for _ in range(8)])
    statuses = sorted(status for answer in answers for status, _ in answer)
    assert statuses == [303] + [409] * 7
    undone = select(AuditEntry).where(AuditEntry.act == Act.MANY_UNDONE)
    assert len(db.session.scalars(undone).all()) == 1
    states = db.session.scalars(select(ActPart.state)).all()
    assert states == [PartState.UNDONE] * 2
    assert [p.known_skills for p in db.session.scalars(select(Person))] == [[], []]
