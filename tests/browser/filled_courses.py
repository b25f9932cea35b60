"""What the pages of courses, sessions and credentials have on them."""

from __future__ import annotations

from datetime import timedelta

import learned
import scene
from picked import first

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.rules.social_workers import Grade
from talent.training import service as training
from talent.training.courses import service as courses
from talent.training.credentials import service as credentials
from talent.training.models import CredentialKind
from talent.training.records import service as records
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.training.social_work import service as social_work


def taught(place, volunteer):
    now, today = clock.now(), scene.today()
    person = volunteer.person
    with writing():
        training.seed_kinds()
        kind = db.session.query(CredentialKind).filter_by(code="first_aid").one()
        expert = first(CredentialKind, grade=Grade.ASSISTANT)
        course = courses.add(
            place.office,
            courses.Syllabus(name_zh="心肺复苏", content="胸外按压", minutes=150, valid_months=24),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        ahead, begun = [
            sessions.plan(
                course, place.office,
                sessions.Plan(
                    starts_at=start, ends_at=start + timedelta(hours=2), place="二楼教室", places=20
                ),
                actor=SYSTEM, now=now - timedelta(days=2),
            )
            for start in (scene.at(5, 14), now - timedelta(hours=1))
        ]  # fmt: skip
        for one in (ahead, begun):
            seats.take_seat(one, person, actor=SYSTEM, now=now, at_the_door=True)
        record = records.enter(
            person, place.office,
            records.Learned(
                name="消防安全", content="灭火器使用", minutes=120, organiser="区消防站",
                held_on=today - timedelta(days=30),
            ),
            course=None, actor=SYSTEM, now=now,
        )  # fmt: skip
        credential = credentials.add(
            person,
            credentials.Stated(
                kind=kind, number="N1", issued_on=today - timedelta(days=700),
                valid_until=today + timedelta(days=20), paper=("证书.pdf", b"%PDF-1.7 a scan"),
            ),
            actor=volunteer.actor, now=now,
        )  # fmt: skip
        proved = credentials.add(
            person,
            credentials.Stated(kind=expert, issued_on=today - timedelta(days=900), number="S1"),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        proved.verified_at = now
        social_work.register(
            person, grade=Grade.ASSISTANT, starts_on=today - timedelta(days=800), number="R1",
            degree_on=None, actor=SYSTEM, now=now,
        )  # fmt: skip
        waits = social_work.register(
            person, grade=Grade.ASSISTANT, starts_on=today + timedelta(days=400), number="R2",
            degree_on=None, actor=volunteer.actor, now=now,
        )  # fmt: skip
    return learned.fill(place, volunteer, course, begun, now) | {
        "course_id": course.id,
        "session_id": begun.id,
        "training.show session_id": ahead.id,
        "credential_id": credential.id,
        "training.refuse_registration registration_id": waits.id,
        "training.withdraw_record record_id": record.id,
    }
