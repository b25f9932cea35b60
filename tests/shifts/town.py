"""One office, its people and its shifts, on which the machine acts."""

from __future__ import annotations

from datetime import timedelta

import make
import model
import plan
from sqlalchemy import select, text, update

from talent.access import Actor, Held, Role
from talent.db import db, writing
from talent.offices.models import OfficeRule, Setting
from talent.shifts.models import Need, Shift, ShiftState

NAMES = ("王秀兰", "李建国", "张伟", "刘洋", "陈静")
BY = 2  # who stands by from the beginning, where there is a reserve
# Two overlap, the third touches the first and overlaps the second.
TIMES = ((30, 33), (32, 35), (33, 36))


class Town:
    """One office, its people, and the shifts of the present run; those of the last are ended."""

    def __init__(self):
        self.office = make.office()
        self.project = plan.project(self.office)
        self.position_id = self.project.positions[0].id
        for name, value in ((Setting.STAND_INS, "free"), (Setting.CANCEL_MINUTES, model.NOTICE)):
            self.rule(name, value)
        self.mode = self.rule(Setting.WAITING_MODE, "give")
        self.length = self.rule(Setting.OFFER_MINUTES, 60)
        accounts = [make.volunteer(self.office, name) for name in NAMES]
        self.people = [self.actor(account, Role.VOLUNTEER) for account in accounts]
        self.boss = self.actor(plan.coordinator(self.office), Role.COORDINATOR)
        self.numbers = {actor.person_id: n for n, actor in enumerate(self.people)}
        self.office_id, self.project_id = self.office.id, self.project.id
        self.shift_ids = []

    def rule(self, name, value):
        return make.let(self.office, **{name: value}).id

    def actor(self, account, role):
        held = Held(role, self.office.id, self.office.path)
        return Actor(account.id, account.person_id, (held,))

    def begin(self, shifts, *, offers, length):
        self.end()
        with writing():
            for id_, value in ((self.mode, "offer" if offers else "give"), (self.length, length)):
                db.session.execute(
                    update(OfficeRule).where(OfficeRule.id == id_).values(value=value)
                )
            rows = [
                Shift(
                    project_id=self.project_id, starts_at=at(one.start), ends_at=at(one.end),
                    place="社区食堂", state=ShiftState.PUBLISHED, made_at=make.NOW,
                    needs=[
                        Need(
                            position_id=self.position_id, places=one.places, reserve=one.reserve
                        )
                    ],
                )
                for one in shifts
            ]  # fmt: skip
            db.session.add_all(rows)
            db.session.flush()
            self.shift_ids = [row.id for row in rows]
            self.need_ids = [row.needs[0].id for row in rows]

    def end(self):
        """Nothing of the last run is left to act upon."""
        with writing():
            for line in (
                "UPDATE handover SET state = 'void' WHERE state IN ('offered', 'accepted')",
                "UPDATE substitute_search SET stopped_at = started_at WHERE stopped_at IS NULL",
                "UPDATE substitute_call SET state = 'stopped' WHERE state = 'asked'",
                "UPDATE signup SET state = 'removed' WHERE state NOT IN ('removed', 'cancelled')",
                "UPDATE shift SET state = 'closed' WHERE state != 'closed'",
                "UPDATE shift_need SET taken = 0, reserved = 0",
            ):
                db.session.execute(text(line))


def at(minute):
    return make.NOW + timedelta(minutes=minute)


def of(table, *columns):
    return select(*(getattr(table, column) for column in columns))
