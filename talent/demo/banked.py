"""The time bank and the ratings of the demonstration: what was saved, asked for, given and said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.access import SYSTEM, Actor
from talent.db import db
from talent.offices.models import Setting
from talent.offices.settings import set_rule
from talent.ratings import answers
from talent.ratings import rating as ratings
from talent.shifts.models import Attendance, Project, Shift, ShiftState, Signup
from talent.timebank import crediting, donations, pool, requests
from talent.timebank.models import BankAccount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.demo.stage import District
    from talent.offices.models import Office
    from talent.people.models import Person

HOUR = 60  # minutes
RECENT = timedelta(days=6)
SAID = (
    (5, "饭菜热乎，送得准时"), (5, None), (4, "人很和气"), (2, "等了四十分钟"), (5, "谢谢你们"),
    (4, None), (1, "约好的那天没有人来"), (5, "帮了大忙"),
)  # fmt: skip
OWN = ((5, "配合默契"), (4, None), (2, "手套不够用"))


def play(district: District) -> None:
    """A bank of the first street; ratings at its first community."""
    street, community = district.streets[0], district.communities[0]
    _turned_on(district, street)
    for account, person in _savers(street, district.volunteers[community.id])[:3]:
        _spends(district, account, person, community)
    for account, person in _savers(street, district.volunteers[community.id])[3:5]:
        _donates(district, account, person, street)
    _said(district, community)


def _turned_on(district: District, street: Office) -> None:
    """Since the district began, with an upper limit that some have reached."""
    day = district.begun.date()
    for setting, value in (
        (Setting.TIME_BANK, "on"),
        (Setting.BANK_MOST_HOURS, 10),
        (Setting.BANK_PERCENT, 90),
    ):
        set_rule(
            street, setting, value, valid_from=day, today=day, actor=SYSTEM, now=district.begun
        )
    db.session.flush()
    for office_id in crediting.behind():
        while crediting.follow(office_id, district.now) == crediting.BATCH:
            pass


def _savers(street: Office, people: Sequence[Person]) -> list[tuple[BankAccount, Person]]:
    """Who has saved most of these people, with more than an hour."""
    known = {person.id: person for person in people}
    query = (
        select(BankAccount)
        .where(BankAccount.office_id == street.id, BankAccount.person_id.in_(known))
        .where(BankAccount.balance > 2 * HOUR)
        .order_by(BankAccount.balance.desc(), BankAccount.id)
    )
    return [(each, known[each.person_id or 0]) for each in db.session.scalars(query)]


def _spends(district: District, account: BankAccount, person: Person, office: Office) -> None:
    whats = ("陪我去医院复查", "帮忙换灯泡", "教我用手机")
    what = whats[account.id % len(whats)]
    requests.ask(
        person, account.office, office, what=what, starts_at=district.now + timedelta(days=2),
        minutes=HOUR, actor=Actor(person_id=person.id), now=district.now,
    )  # fmt: skip


def _donates(district: District, account: BankAccount, person: Person, street: Office) -> None:
    """To the pool; and an hour of it is proposed for whoever gave, until somebody approves."""
    now, actor = district.now, Actor(person_id=person.id)
    wish = donations.wish(
        person, street, typed=None, minutes=HOUR, note="给需要的人", address="", now=now
    )
    donations.donate(person, street, wish, actor=actor, now=now)
    pool.propose(account, HOUR // 2, "独居，刚出院", actor=SYSTEM, now=now)


def _said(district: District, office: Office) -> None:
    """Of the shifts of the last days: those who were served, and volunteers; one is answered."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Project.office_id == office.id,
            Shift.state.in_((ShiftState.PUBLISHED, ShiftState.CLOSED)),
            Shift.ends_at.between(district.now - RECENT, district.now),
        )
        .options(joinedload(Shift.project).joinedload(Project.office))
        .order_by(Shift.ends_at, Shift.id)
    )
    answered = False
    for shift in db.session.scalars(query).all():
        for place, (steps, text) in enumerate(SAID):
            said = ratings.rate_as_guest(
                shift, steps, text, device=f"{shift.id}-{place}",
                address=str(shift.id), now=district.now,
            )  # fmt: skip
            if said.due_on and not answered:
                answers.answer(said, "已增加一辆送餐车。", actor=SYSTEM, now=district.now)
                answered = True
        for signup, (steps, text) in zip(_there(shift), OWN, strict=False):
            actor = Actor(person_id=signup.person_id)
            ratings.rate(signup, steps, text, actor=actor, now=district.now)


def _there(shift: Shift) -> Sequence[Signup]:
    query = (
        select(Signup)
        .join(Attendance, Attendance.signup_id == Signup.id)
        .where(Signup.shift_id == shift.id, Attendance.in_at.is_not(None))
        .order_by(Signup.id)
    )
    return [each for each in db.session.scalars(query) if ratings.was_there(each)]
