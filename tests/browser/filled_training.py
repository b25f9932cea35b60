"""What the pages of credentials, requirements and plans have on them."""

from __future__ import annotations

from datetime import date, timedelta

import scene

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.people.models import Person
from talent.renewals.plans import service as plans
from talent.renewals.requirements import service as requirements
from talent.rules.requirements import Period, Whom
from talent.training.models import Course, CredentialKind
from talent.training.records import service as records

PDF = b"%PDF-1.7 a scan"


def fill(place, volunteer):
    """Requirements, a plan with a line, training that waits for a second person."""
    now, today = clock.now(), scene.today()
    course = (
        db.session.query(Course).filter_by(office_id=place.office.id).order_by(Course.id).first()
    )
    kind = db.session.query(CredentialKind).filter_by(code="first_aid").one()
    with writing():
        db.session.get(CredentialKind, kind.id).courses = [db.session.get(Course, course.id)]
        asked, later = [
            requirements.add(
                place.office,
                requirements.Asking(
                    "年度培训", Whom.VOLUNTEER, Period.YEAR, first, "街道通知", times=1, minutes=240
                ),
                actor=SYSTEM, now=now,
            )
            for first in (date(2020, 1, 1), today + timedelta(days=30))
        ]  # fmt: skip
        plan = plans.begin(place.office, today.year, note="一", actor=SYSTEM, now=now)
        lesson = plans.Lesson(month=9, sessions=2, places=20, minutes=720)
        plans.add_line(plan, course, lesson, actor=SYSTEM, now=now)
        waiting = records.enter(
            db.session.get(Person, volunteer.person_id), place.office,
            records.Learned(
                "法律讲座", "民法典", 90, "区司法局", today - timedelta(days=9),
                continuing_education=True,
            ),
            course=None, actor=volunteer.actor, now=now, paper=records.Paper("证明.pdf", PDF),
        )  # fmt: skip
    return {
        "requirement_id": asked.id,
        "renewals.edit_requirement requirement_id": later.id,
        "renewals.plan plan_id": plan.id,
        "renewals.new_line plan_id": plan.id,
        "training.edit_kind kind_id": kind.id,
        "training.record record_id": waiting.id,
        "training.refuse_record record_id": waiting.id,
    }
