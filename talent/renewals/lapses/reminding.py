"""Telling of what lapses: the holder before and after, the office after and once a week."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from talent import audit, clock
from talent.access import GRANTS, Permission
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.offices.models import Office
from talent.people.models import Person, Tie
from talent.renewals.lapses import service
from talent.renewals.lapses.service import ONE_DAY, Subject
from talent.rules import credentials as law
from talent.rules import social_workers
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.training.credentials.service import named_by
from talent.training.first_kinds import REGISTRATION
from talent.training.models import Credential, CredentialKind, TrainingRecord
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from talent.access import Actor
    from talent.renewals.lapses.service import Lapse

REGISTRATION_DAYS = 30
DIGEST_DAYS, SOON_DAYS = 90, 30
LISTED = (Subject.CREDENTIALS, Subject.CHECKS, Subject.TRAININGS, Subject.REGISTRATIONS)
_YEAR = 366


class Untold(Word):
    """Why somebody is not reminded now."""

    TODAY = "today", N_("%(name)s was reminded of this today already, or wants no such messages.")


def remind(now: datetime) -> int:
    """Tell holders of what ends soon, holders and offices of what has ended; how many are new."""
    return _remind_credentials(now) + _remind_registrations(now) + _tell_lapsed(now)


def ask(lapse: Lapse, *, actor: Actor, now: datetime) -> None:
    """Somebody at the office reminds the holder now; once a day for each thing."""
    office = _offices({lapse.person.id}).get(lapse.person.id)
    today = clock.today(office.zone if office else DEFAULT_ZONE, now)
    message = tell(
        MessageKind.CREDENTIAL_LAPSES,
        once=f"{lapse.subject.value}:{lapse.id}:asked:{today}",
        now=now,
        person=lapse.person,
        office_id=office.id if office else None,
        facts=_facts(_named(lapse.what), lapse.last),
    )
    if message is None:
        raise Refused([Because(Untold.TODAY, {"name": lapse.person.name})])
    audit.record(
        Act.LAPSE_TOLD, lapse.what, actor=actor, now=now, office_id=office.id if office else None
    )


def digest(now: datetime) -> int:
    """Once a week: to those who keep the training of an office, what lapses there; how many."""
    today = clock.today(DEFAULT_ZONE, now)
    ends: dict[int, list[date]] = defaultdict(list)
    for subject in LISTED:
        query = service.ending(subject, today, today + timedelta(days=DIGEST_DAYS))
        for row in db.session.scalars(query):
            ends[row.person_id].append(service.last_day(subject, row))
    waits = _waiting()
    keepers = _keepers_of({*ends, *waits})
    year, week, _ = today.isocalendar()
    told = 0
    for account, person_ids in keepers:
        days = [day for id_ in person_ids for day in ends.get(id_, ())]
        waiting = sum(waits.get(id_, 0) for id_ in person_ids)
        soon = sum(day <= today + timedelta(days=SOON_DAYS) for day in days)
        if days:
            message = tell(
                MessageKind.LAPSES_DIGEST,
                once=f"{year}-{week}:{account.id}",
                now=now,
                account=account,
                facts={
                    "count": len(days), "soon": soon, "waiting": waiting, "path": "/renewals/",
                },
            )  # fmt: skip
            told += message is not None
    return told


def _remind_credentials(now: datetime) -> int:
    start = clock.today(DEFAULT_ZONE, now) - ONE_DAY  # any zone's today is a day away at most
    told = 0
    for subject in (Subject.CREDENTIALS, Subject.CHECKS):
        query = service.ending(subject, start, start + timedelta(days=_YEAR + 2))
        found = db.session.scalars(query.order_by(Credential.id)).all()
        offices = _offices({row.person_id for row in found})
        for row in found:
            office, last = offices.get(row.person_id), service.last_day(subject, row)
            held = law.Held(row.kind.code, row.issued_on, last)
            today = clock.today(office.zone if office else DEFAULT_ZONE, now)
            days = row.kind.remind_days or law.REMINDER_DAYS
            due = law.reminder(held, today=today, days=days)
            if due is None:
                continue
            message = tell(
                MessageKind.CREDENTIAL_LAPSES,
                once=f"{row.id}:{last}:{due}",
                now=now,
                person=row.person,
                office_id=office.id if office else None,
                facts=_facts(named_by(row.kind), last),
            )
            told += message is not None
    return told


def _remind_registrations(now: datetime) -> int:
    start, terms = clock.today(DEFAULT_ZONE, now) - ONE_DAY, social_work.held_to()
    last = social_workers.months_later(start, terms.window) + timedelta(days=5)
    query = service.ending(Subject.REGISTRATIONS, start, last)
    found = sorted(db.session.scalars(query), key=lambda row: row.id)
    offices = _offices({row.person_id for row in found})
    missing = social_work.missing_minutes(found, terms)
    told = 0
    for row in found:
        office = offices.get(row.person_id)
        today = clock.today(office.zone if office else DEFAULT_ZONE, now)
        opens = social_workers.window_opens(social_work.term_of(row), terms=terms)
        if not opens <= today <= row.ends_on:
            continue
        near = row.ends_on - today <= timedelta(days=REGISTRATION_DAYS)
        message = tell(
            MessageKind.REGISTRATION_LAPSES,
            once=f"{row.id}:{REGISTRATION_DAYS if near else 'window'}",
            now=now,
            person=row.person,
            office_id=office.id if office else None,
            facts={
                "until_on": row.ends_on.isoformat(),
                "opens_on": opens.isoformat(),
                "missing_minutes": missing[row.id],
                "path": "/training/mine",
            },
        )
        told += message is not None
    return told


def _tell_lapsed(now: datetime) -> int:
    """The holder, and who keeps the training of the office, within a week after the last day."""
    today = clock.today(DEFAULT_ZONE, now)
    told = 0
    for subject in (Subject.CREDENTIALS, Subject.REGISTRATIONS):
        found = db.session.scalars(
            service.ending(subject, today - law.LATELY - ONE_DAY, today)
        ).all()
        offices = _offices({row.person_id for row in found})
        keepers = _keepers([office.id for office in offices.values()])
        for row in sorted(found, key=lambda each: each.id):
            office, last = offices.get(row.person_id), service.last_day(subject, row)
            begun = row.issued_on if subject is Subject.CREDENTIALS else row.starts_on
            held = law.Held("", begun, last)
            if not law.lapsed_lately(
                held, today=clock.today(office.zone if office else DEFAULT_ZONE, now)
            ):
                continue
            facts = _facts(_named(row), last) | {"whose": row.person.name}
            once = f"{subject.value}:{row.id}:{last}"
            readers: list[dict[str, Any]] = [{"person": row.person}]
            readers += [{"account": each} for each in keepers.get(office.id if office else 0, ())]
            for number, reader in enumerate(readers):
                away = {"path": "/renewals/?lapsed=1"} if number else {}
                key = f"{once}:{reader['account'].id}" if number else once
                message = tell(
                    MessageKind.CREDENTIAL_LAPSED,
                    once=key,
                    now=now,
                    office_id=office.id if office else None,
                    facts=facts | away,
                    **reader,
                )
                told += message is not None
    return told


def _facts(credential: dict[str, str | None], last: date) -> dict[str, Any]:
    return {"credential": credential, "until_on": last.isoformat(), "path": "/training/mine"}


def _named(what: Any) -> dict[str, str | None]:
    if isinstance(what, Credential):
        return named_by(what.kind)
    if isinstance(what, TrainingRecord):
        return {"name_zh": what.name, "name_en": what.course.name_en if what.course else None}
    kind = db.session.scalar(select(CredentialKind).where(CredentialKind.code == REGISTRATION))
    if kind is None:
        return {"name_zh": "社会工作者登记", "name_en": "Registration as a social worker"}
    return named_by(kind)


def _waiting() -> dict[int, int]:
    """How many papers of each person wait for a second one to see them."""
    papers = (
        select(Credential.person_id)
        .where(Credential.verified_at.is_(None), Credential.ended_at.is_(None))
        .union_all(
            select(TrainingRecord.person_id).where(
                TrainingRecord.waits, TrainingRecord.ended_at.is_(None)
            )
        )
        .subquery()
    )
    query = select(papers.c.person_id, func.count()).group_by(papers.c.person_id)
    return dict(db.session.execute(query).all())


def _offices(person_ids: Collection[int]) -> dict[int, Office]:
    """Of each person the main office, or where none is named the first of those that know him."""
    first = (
        select(Tie.person_id, func.min(Tie.office_id).label("office_id"))
        .where(Tie.person_id.in_(person_ids))
        .group_by(Tie.person_id)
        .subquery()
    )
    main = func.coalesce(Person.home_office_id, first.c.office_id)
    query = (
        select(Person.id, Office)
        .outerjoin(first, first.c.person_id == Person.id)
        .join(Office, Office.id == main)
        .where(Person.id.in_(person_ids))
    )
    return dict(db.session.execute(query).all())


def _keepers(office_ids: Iterable[int]) -> dict[int, list[Account]]:
    """By office: the open accounts that edit training where it was granted nearest to it."""
    wanted = sorted(set(office_ids))
    paths = db.session.execute(select(Office.id, Office.path).where(Office.id.in_(wanted))).all()
    lines = {id_: [int(step) for step in path.split("/") if step] for id_, path in paths}
    roles = [role for role, given in GRANTS.items() if Permission.EDIT_TRAINING in given]
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.office_id.in_({step for line in lines.values() for step in line}))
        .where(Grant.role.in_(roles), Grant.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
    )
    holders: dict[int, dict[int, Account]] = defaultdict(dict)
    for office_id, account in db.session.execute(query):
        holders[office_id][account.id] = account
    nearest = {
        id_: next((step for step in reversed(line) if step in holders), None)
        for id_, line in lines.items()
    }
    return {id_: [*holders[step].values()] for id_, step in nearest.items() if step is not None}


def _keepers_of(person_ids: Collection[int]) -> list[tuple[Account, set[int]]]:
    """Each account that keeps training, with the people for whom it is the nearest."""
    query = select(Tie.person_id, Tie.office_id).where(Tie.person_id.in_(person_ids))
    ties = db.session.execute(query).all()
    keepers = _keepers(office_id for _, office_id in ties)
    accounts: dict[int, Account] = {}
    whose: dict[int, set[int]] = defaultdict(set)
    for person_id, office_id in ties:
        for account in keepers.get(office_id, ()):
            accounts[account.id] = account
            whose[account.id].add(person_id)
    return [(accounts[id_], whose[id_]) for id_ in sorted(accounts)]
