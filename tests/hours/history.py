"""A world of offices, people and clerks, and what may happen to hours in it, in any order."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import make
from hypothesis import strategies as st
from sqlalchemy import func, select

from talent.access import Role
from talent.accounts.models import Account
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.models import Certificate, CertificateLine
from talent.certificates.service import standings
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.models import LedgerEntry, RecordState, ServiceRecord, Tally
from talent.hours.proving import service as proving
from talent.hours.recording import service as recording
from talent.hours.review import service as review
from talent.hours.transfers import service as transfers
from talent.offices.models import Setting
from talent.rules.hours import Deed
from talent.rules.signup import Refusal
from talent.rules.span import Span

PEOPLE, OFFICES = 2, 2
SHANGHAI = ZoneInfo("Asia/Shanghai")
who, where = st.integers(0, PEOPLE - 1), st.integers(0, OFFICES - 1)
begins, minutes = st.integers(30, 400), st.integers(1, 700)  # hours before now; length
RULES = [
    (Setting.GRACE_MINUTES, 15), (Setting.SHARE_PERCENT, 60), (Setting.ROUNDING_UNIT, "30"),
    (Setting.ROUNDING_SCOPE, "record"), (Setting.ROUNDING_DIRECTION, "half_up"),
    (Setting.BREAK_AFTER_MINUTES, 60), (Setting.BREAK_MINUTES, 20), (Setting.NIGHT_PERCENT, 150),
    (Setting.COUNTED_MINUTES, 240), (Setting.ACTIVITY_MINUTES, 120),
]  # fmt: skip
ACTS = st.one_of(
    st.tuples(st.just("attend"), who, where, begins, minutes),
    st.tuples(st.just("enter"), who, where, begins, st.integers(1, 600)),
    st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 900)),
    st.tuples(st.just("merge"), who, who),
    st.tuples(
        st.just("rule"),
        where,
        st.sampled_from(
            RULES,
        ),
        st.integers(0, 20),
    ),
    st.tuples(st.just("certify"), who, st.one_of(st.none(), where)),
)


def actor_of(account):
    return db.session.get(Account, account.id).actor


class World:
    """Offices, people and two clerks; what the acts do to them."""

    def __init__(self):
        self.offices = [make.office(f"社区{number}") for number in range(OFFICES)]
        self.projects = [make.project(office) for office in self.offices]
        self.people = [make.person(f"志愿者{n}", at=self.offices[0]) for n in range(PEOPLE)]
        self.accounts = [make.account(person=person) for person in self.people]
        top = self.offices
        self.clerks = [
            [make.account(Role.MANAGER, office) for office in top] for _ in ("enters", "approves")
        ]

    def clerk(self, number, office):
        return actor_of(self.clerks[number][office])

    def attend(self, person, office, before, length):
        start = make.NOW - timedelta(hours=before)
        shift = make.shift(self.projects[office], start=start, hours=8, places=3)
        at_once = Refusal.OVERLAP.name  # the office lets them be in two places, as happens
        make.attended(shift, self.people[person], left=length, overridden=at_once)
        with writing():
            recording.record_attendance(make.NOW)

    def enter(self, person, office, before, length):
        start = make.NOW - timedelta(hours=before)
        unit = self.offices[office]
        local = start.astimezone(SHANGHAI)
        deed = Deed(
            "防汛", local.date(), "河边", "巡堤", length, unit.name_zh, "李主任", True, "签到表"
        )
        with writing():
            record = recording.enter(
                person=self.people[person],
                office=unit,
                deed=deed,
                category_id=make.category().id,
                span=Span(start, start + timedelta(minutes=length)),
                actor=self.clerk(0, office),
                now=make.NOW,
            )
        with writing():
            review.approve(
                review.reviewable(self.clerk(1, office), record.id),
                actor=self.clerk(1, office),
                now=make.NOW,
            )

    def correct(self, number, to_minutes):
        query = select(ServiceRecord).where(ServiceRecord.state == RecordState.APPROVED)
        query = query.where(ServiceRecord.office_id.in_([one.id for one in self.offices]))
        if not (records := db.session.scalars(query.order_by(ServiceRecord.id)).all()):
            return
        record = records[number % len(records)]
        clerk = self.clerk(1, [one.id for one in self.offices].index(record.office_id))
        with writing():
            review.correct(
                review.reviewable(clerk, record.id),
                to_minutes=to_minutes,
                reason="核对签到表",
                actor=clerk,
                now=make.NOW,
            )

    def merge(self, source, target):
        with writing():
            transfers.transfer(
                self.people[source],
                self.people[target],
                reason="同一人",
                actor=self.clerk(1, 0),
                now=make.NOW,
            )

    def rule(self, office, setting, before):
        name, value = setting
        day = make.TODAY - timedelta(days=before)
        make.let(self.offices[office], since=day, **{name: value})

    def certify(self, person, office):
        own = actor_of(self.accounts[person])
        unit = None if office is None else self.offices[office].id
        by = Circumstances(actor=own, now=make.NOW, today=make.TODAY, verify_at="https://x/verify")
        with writing():
            made = issuing.issue_own(Wish(office_id=unit), by)
        units = None if unit is None else select(type(self.offices[0]).id).filter_by(id=unit)
        stands = ledger.whole(person_id=self.people[person].id, offices=units, last=make.TODAY)
        assert made.total_minutes == stands.minutes

    def holds(self):
        """What is true after every act."""
        for person in self.people:
            total = ledger.whole(person_id=person.id)
            for table in (Tally, LedgerEntry):
                summed = select(func.coalesce(func.sum(table.minutes), 0))
                assert (
                    db.session.scalar(summed.where(table.person_id == person.id)) == total.minutes
                )
            records = select(func.coalesce(func.sum(ServiceRecord.minutes), 0)).where(
                ServiceRecord.person_id == person.id
            )
            assert db.session.scalar(records) == total.minutes
            assert 0 <= total.verified <= total.minutes
            by_days = ledger.whole(person_id=person.id, first=make.TODAY - timedelta(days=400))
            assert by_days == total
        assert proving.reconcile() == []
        assert [fault for office in self.offices for fault in proving.breaks(office.id)] == []

    def certificates(self):
        """No certificate counts a minute twice, and one that is valid says what stands."""
        query = select(Certificate).where(
            Certificate.person_id.in_([person.id for person in self.people])
        )
        made = db.session.scalars(query).all()
        for certificate, standing in zip(made, standings(made).values(), strict=True):
            lines = db.session.scalars(
                select(CertificateLine).where(CertificateLine.certificate_id == certificate.id)
            ).all()
            assert len({line.record_id for line in lines}) == len(lines)
            assert sum(line.minutes for line in lines) == certificate.total_minutes
            if standing.status == "valid":
                now = [db.session.get(ServiceRecord, line.record_id).minutes for line in lines]
                assert now == [line.minutes for line in lines]


def lived(acts):
    """A world after these acts; what the law refuses does not happen."""
    world = World()
    for act, *given_ in acts:
        try:
            getattr(world, act)(*given_)
        except Refused:
            db.session.rollback()
        world.holds()
    world.certificates()
    return world
