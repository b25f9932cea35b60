"""Spending: a service is asked for, its minutes are reserved; the office takes it and books it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.offices.service import seen
from talent.rules import timebank as law
from talent.rules.timebank import Unmoved
from talent.timebank import ledger, service
from talent.timebank.models import OPEN, BankAccount, BankKind, BankRequest, RequestState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.people.models import Person
    from talent.rules.reason import Because

PAGE = 50


def ask(
    person: Person,
    bank: Office,
    office: Office,
    *,
    what: str,
    starts_at: datetime,
    minutes: int,
    actor: Actor,
    now: datetime,
) -> BankRequest:
    """Ask for a service and reserve its minutes. The account's row decides who comes first."""
    number = ledger.open_account(bank.id, person.id, now=now)
    account = ledger.hold([number])[number]
    against = refusals(person, bank, account, minutes, day=clock.today(bank.zone, now))
    if against := [*against, *law.refusals_of_time(starts_at, now)]:
        raise Refused(against)
    account.reserved += minutes
    request = BankRequest(
        account_id=account.id, office_id=office.id, what=what,
        starts_at=starts_at, minutes=minutes, made_at=now,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    audit.record(
        Act.BANK_REQUESTED, request, actor=actor, now=now, office_id=office.id, minutes=minutes
    )
    return request


def refusals(
    person: Person, bank: Office, account: BankAccount | None, minutes: int, *, day: date
) -> list[Because]:
    """Why so many minutes cannot be asked for on a day."""
    return law.refusals_to_spend(
        minutes,
        account.holding if account else law.Holding(),
        service.terms_of(bank, day),
        birth_date=person.birth_date,
        day=day,
    )


def cancel(request: BankRequest, *, actor: Actor, now: datetime) -> None:
    """Who asked does not want it any more: the minutes are free again."""
    request = _open(request)
    _close(request, RequestState.CANCELLED, None, actor=actor, now=now)


def take(request: BankRequest, *, actor: Actor, now: datetime) -> None:
    """The office will see to the service."""
    request = _open(request)
    _refuse_own(request, actor)
    if request.state is RequestState.TAKEN:
        raise Refused([Unmoved.OVER])
    _move(request, RequestState.TAKEN, None, actor=actor, now=now)
    _tell(request, now)


def give_back(request: BankRequest, why: str, *, actor: Actor, now: datetime) -> None:
    """The office cannot see to it, and says why: the minutes are free again."""
    request = _open(request)
    _refuse_own(request, actor)
    _close(request, RequestState.RETURNED, why, actor=actor, now=now)
    _tell(request, now)


def book(request: BankRequest, minutes: int, *, actor: Actor, now: datetime) -> None:
    """After the service: what it took is spent, the rest of what was reserved is free again."""
    request = _open(request)
    _refuse_own(request, actor)
    if request.state is not RequestState.TAKEN:
        raise Refused([Unmoved.NOT_TAKEN])
    account = ledger.hold([request.account_id])[request.account_id]
    if against := law.refusals_to_book(
        minutes, request.minutes, account.holding, start=request.starts_at, now=now
    ):
        raise Refused(against)
    account.reserved -= request.minutes
    request.booked_minutes = minutes
    _move(request, RequestState.BOOKED, None, actor=actor, now=now)
    ledger.write(
        account, BankKind.SPENT, -minutes, at=now, made_by=actor.account_id, request_id=request.id
    )
    _tell(request, now)


def own_request(actor: Actor, request_id: int) -> BankRequest:
    """A request of one's own, or `NotFound`."""
    query = (
        select(BankRequest)
        .join(BankRequest.account)
        .where(BankRequest.id == request_id, BankAccount.person_id == (actor.person_id or 0))
    )
    if (request := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return request


def visible_request(
    actor: Actor, permission: Permission, request_id: int, day: date
) -> BankRequest:
    """A request to an office for which the permission is held, of a bank that is on."""
    query = _seen(actor, permission, day).where(BankRequest.id == request_id)
    if (request := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return request


def listed(
    actor: Actor, day: date, *, state: RequestState | None = None, after: int = 0
) -> Sequence[BankRequest]:
    """Requests in one state, the oldest first; without a state those that are open."""
    states = OPEN if state is None else (state,)
    query = _seen(actor, Permission.SEE_BANK, day).where(
        BankRequest.state.in_(states), BankRequest.id > after
    )
    return db.session.scalars(query.order_by(BankRequest.id).limit(PAGE + 1)).all()


def counts(actor: Actor, day: date) -> dict[RequestState, int]:
    """How many requests are in each state."""
    on = [bank.id for bank in service.banks().on(day)]
    query = (
        select(BankRequest.state, func.count())
        .join(BankRequest.account)
        .where(BankAccount.office_id.in_(on))
        .where(BankRequest.office_id.in_(seen(actor, Permission.SEE_BANK)))
        .group_by(BankRequest.state)
    )
    found = dict(db.session.execute(query).all())
    return {state: found.get(state, 0) for state in RequestState}


def _seen(actor: Actor, permission: Permission, day: date) -> Select[BankRequest]:
    on = [bank.id for bank in service.banks().on(day)]
    return (
        select(BankRequest)
        .join(BankRequest.account)
        .where(BankAccount.office_id.in_(on))
        .where(BankRequest.office_id.in_(seen(actor, permission)))
        .options(
            joinedload(BankRequest.account).joinedload(BankAccount.person),
            joinedload(BankRequest.office),
        )
    )


def _open(request: BankRequest) -> BankRequest:
    """The request as it is now, held; a closed one goes no further."""
    held = locked(BankRequest, request.id)
    if held.state not in OPEN:
        raise Refused([Unmoved.OVER])
    return held


def _refuse_own(request: BankRequest, actor: Actor) -> None:
    account = request.account
    if law.is_own(actor.person_id, account.person_id, service.guardian_of(account)):
        raise Refused([Unmoved.OWN])


def _close(
    request: BankRequest, state: RequestState, answer: str | None, *, actor: Actor, now: datetime
) -> None:
    account = ledger.hold([request.account_id])[request.account_id]
    account.reserved -= request.minutes
    _move(request, state, answer, actor=actor, now=now)


def _move(
    request: BankRequest, state: RequestState, answer: str | None, *, actor: Actor, now: datetime
) -> None:
    request.state, request.answer = state, answer
    request.moved_at, request.moved_by = now, actor.account_id
    audit.record(
        Act.BANK_DECIDED, request, actor=actor, now=now,
        office_id=request.office_id, state=state.value,
    )  # fmt: skip


def _tell(request: BankRequest, now: datetime) -> None:
    tell(
        MessageKind.BANK_REQUEST_MOVED,
        once=f"{request.id}:{request.state.value}",
        now=now,
        person=request.account.person,
        office_id=request.office_id,
        facts={
            "what": request.what,
            "state": request.state.value,
            "starts_at": request.starts_at.isoformat(),
            "minutes": request.booked_minutes or request.minutes,
            "answer": request.answer,
            "path": f"/time-bank/?bank={request.account.office_id}",
        },
    )
