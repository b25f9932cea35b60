"""What is said to be wrong in the demonstration: asked, taken up, appealed, decided, missing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.hours.amending import service as amending
from talent.hours.corrections import service as corrections
from talent.hours.corrections.service import Remedy
from talent.hours.models import RecordState, ServiceRecord
from talent.hours.recording import service as recording
from talent.hours.reminding import service as reminding
from talent.rules.corrections import Request, Wrong
from talent.rules.span import Span
from talent.shifts.models import Shift, ShiftState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from talent.access import Actor
    from talent.demo.stage import District
    from talent.hours.models import CorrectionRequest
    from talent.offices.models import Office
    from talent.people.models import Person

    Acting = Callable[[Person, Office], Actor]

LONG_AGO = timedelta(days=25)  # whoever asked then has waited beyond the office's term
SOME_DAYS = timedelta(days=4)  # nobody doubts a record before there was the service
CASES = 5
CLOSED_AFTER = timedelta(days=2)
FORGOTTEN = 3  # lists that nobody closed


def play(district: District, acting: Acting) -> None:
    """At the first community; each request stands at another step of its course."""
    _close_lists(district)
    office, now = district.communities[0], district.now
    desk, above = _staff(Role.COORDINATOR, office), _staff(Role.ADMINISTRATOR, district.root)
    records = _records(office, before=now - SOME_DAYS)
    late = next((each for each in records if each.ends_at < now - LONG_AGO), None)
    records = [each for each in records if each is not late][: CASES - 1]
    if desk is None or above is None or late is None or len(records) < CASES - 1:
        return

    def ask(record: ServiceRecord, said: Request, *, ago: timedelta) -> CorrectionRequest:
        actor = acting(record.person, office)
        return corrections.ask(
            record.person, office, said=said, record=record, actor=actor, now=now - ago,
            evidence="同组的志愿者可以作证。",
        )  # fmt: skip

    early = Request(Wrong.TIME, "我提前半小时到场布置，没有算进去。", minutes=late.minutes + 30)
    ask(late, early, ago=LONG_AGO)  # nobody has answered: the appeal is open
    first, second, third, fourth = records
    said = Request(Wrong.TIME, "签退码扫不出来，实际做到了最后。", minutes=first.minutes + 40)
    corrections.take_up(ask(first, said, ago=timedelta(hours=5)), actor=desk, now=now)
    said = Request(Wrong.DETAILS, "那天改在二楼活动室。", details={"place": "二楼活动室"})
    given = ask(second, said, ago=timedelta(days=2))
    corrections.answer(
        given, remedy=Remedy(details={"place": "二楼活动室"}), words="核实无误", actor=desk,
        now=now - timedelta(days=1),
    )  # fmt: skip
    said = Request(Wrong.TIME, "少算了一小时。", minutes=third.minutes + 60)
    refused = ask(third, said, ago=timedelta(days=3))
    corrections.answer(
        refused, remedy=None, words="签到记录完整，没有发现遗漏。", actor=desk,
        now=now - timedelta(days=2),
    )  # fmt: skip
    corrections.appeal(
        refused, words="签到表背面还有一栏。", actor=acting(third.person, office),
        now=now - timedelta(days=1),
    )  # fmt: skip
    ends = now - timedelta(days=4)
    missed = Request(
        Wrong.MISSING, "领队没有带签到表，那天清扫了小广场。", on_record=False,
        activity="社区大扫除", span=Span(ends - timedelta(hours=2), ends),
    )  # fmt: skip
    person = fourth.person
    corrections.ask(
        person, office, said=missed, actor=acting(person, office), now=now - timedelta(hours=2)
    )
    amending.amend(
        fourth, {"person_in_charge": "王主任"}, reason="负责人写错了", actor=desk, now=now
    )
    reminding.remind_requests(now)
    reminding.remind_lists(now)


def _close_lists(district: District) -> None:
    """Leaders have closed their lists, but for the last ones of the first community."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Shift.state == ShiftState.PUBLISHED, Shift.ends_at < district.now - CLOSED_AFTER)
        .order_by(Shift.ends_at.desc(), Shift.id)
    )
    left = FORGOTTEN
    for shift in db.session.scalars(query).all():
        if left and shift.project.office_id == district.communities[0].id:
            left -= 1
            continue
        recording.close_shift(shift, actor=SYSTEM, now=district.now)


def _staff(role: Role, office: Office) -> Actor | None:
    query = (
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role == role, Grant.office_id == office.id)
        .order_by(Account.id)
        .limit(1)
    )
    account = db.session.scalars(query).one_or_none()
    return account.actor if account else None


def _records(office: Office, *, before: datetime) -> list[ServiceRecord]:
    """Of different people, the latest of each until then."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.office_id == office.id)
        .where(ServiceRecord.state == RecordState.APPROVED, ServiceRecord.ends_at < before)
        .order_by(ServiceRecord.id.desc())
    )
    of_person: dict[int, ServiceRecord] = {}
    for record in db.session.scalars(query):
        of_person.setdefault(record.person_id, record)
    return list(of_person.values())
