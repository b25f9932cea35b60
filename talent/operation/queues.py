"""What waits for the timed work: each queue with its number, its oldest and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, false, func, literal, or_, select

from talent.access import Permission
from talent.certificates.batches.models import BatchState, CertificateBatch
from talent.db import db
from talent.directory.models import ManyAct, ManyState
from talent.intake.models import BUSY, Intake, IntakeState
from talent.lab.models import COMPUTING, CountingDraft, DraftState
from talent.messages.models import Message, MessageState
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Person, Tie
from talent.rosters.models import ProposalState, RosterProposal
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor

P = Permission
_WAITS = (MessageState.WAITING, MessageState.CLAIMED)
_PRINTING = (BatchState.WAITING, BatchState.ISSUING, BatchState.PRINTING)
_MANY = (ManyState.WAITING, ManyState.WORKING, ManyState.UNDOING)
_COMPUTED = (ProposalState.WAITING, ProposalState.RUNNING)


class Line(Word):
    """What is waited for."""

    MESSAGES = "messages", N_("Messages to be sent")
    IMPORTS = "imports", N_("Imports")
    CERTIFICATES = "certificates", N_("Certificates to be printed")
    ROSTERS = "rosters", N_("Roster proposals")
    DRAFTS = "drafts", N_("Drafts of counting")
    MANY = "many", N_("Acts upon many people")
    LEFT = "left", N_("People who left, until they are anonymised")


# Where each line is looked at, and by whom.
DOORS = {
    Line.MESSAGES: ("messages.index", P.SEE_MESSAGES),
    Line.IMPORTS: ("intake.index", P.EDIT_PEOPLE),
    Line.CERTIFICATES: ("certificates.batches", P.ISSUE_CERTIFICATES),
    Line.ROSTERS: ("rosters.index", P.PLAN_SHIFTS),
    Line.DRAFTS: ("lab.index", P.EDIT_RULES),
    Line.MANY: ("directory.acts", P.EDIT_PEOPLE),
    Line.LEFT: ("privacy.anonymised", P.SEE_PEOPLE),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A table, which of its rows wait, failed or are unsure, which are the actor's, since when."""

    table: Any
    waits: ColumnElement[bool]
    failed: ColumnElement[bool]
    here: ColumnElement[bool]
    since: Any
    unsure: ColumnElement[bool] = field(default_factory=false)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, since when, and how many are in trouble."""

    line: Line
    waiting: int
    since: datetime | None
    trouble: int
    unsure: int = 0  # handed over, and not confirmed


def of(actor: Actor, now: datetime) -> list[Queue]:
    """The queues that the actor may see, of the offices that he may see: one question each."""
    return [_counted(line, asked) for line, asked in _asked(actor, now).items()] + (
        [_left(actor)] if actor.may(P.SEE_PEOPLE) else []
    )


def _asked(actor: Actor, now: datetime) -> dict[Line, _Asked]:
    """What is asked of which table. What is of no office is whoever's who asked for it."""
    due = and_(Message.state.in_(_WAITS), Message.due_at <= now)
    whole = actor.may(P.WATCH_WORK)
    asked = {
        Line.MESSAGES: _Asked(
            Message, due, Message.state == MessageState.DEAD,
            _of(actor, P.SEE_MESSAGES, Message.office_id), Message.due_at,
            Message.state == MessageState.HANDED,
        ),
        Line.IMPORTS: _Asked(
            Intake, Intake.state.in_(BUSY), Intake.state == IntakeState.FAILED,
            _of(actor, P.EDIT_PEOPLE, Intake.office_id), Intake.made_at,
        ),
        Line.CERTIFICATES: _Asked(
            CertificateBatch, CertificateBatch.state.in_(_PRINTING),
            CertificateBatch.state == BatchState.FAILED,
            or_(CertificateBatch.made_by == actor.account_id, literal(whole)),
            CertificateBatch.made_at,
        ),
        Line.ROSTERS: _Asked(
            RosterProposal, RosterProposal.state.in_(_COMPUTED),
            RosterProposal.state == ProposalState.FAILED,
            _of(actor, P.PLAN_SHIFTS, RosterProposal.office_id), RosterProposal.made_at,
        ),
        Line.DRAFTS: _Asked(
            CountingDraft, CountingDraft.state.in_(COMPUTING),
            CountingDraft.state == DraftState.FAILED,
            _of(actor, P.EDIT_RULES, CountingDraft.office_id), CountingDraft.made_at,
        ),
        Line.MANY: _Asked(
            ManyAct, ManyAct.state.in_(_MANY), ManyAct.state == ManyState.STOPPED,
            or_(ManyAct.made_by == actor.account_id, literal(whole)), ManyAct.made_at,
        ),
    }  # fmt: skip
    return {line: each for line, each in asked.items() if actor.may(DOORS[line][1])}


def _counted(line: Line, asked: _Asked) -> Queue:
    columns = [
        func.count(case((asked.waits, 1))),
        func.min(case((asked.waits, asked.since))),
        func.count(case((asked.failed, 1))),
        func.count(case((asked.unsure, 1))),
    ]
    some = or_(asked.waits, asked.failed, asked.unsure)
    query = select(*columns).select_from(asked.table).where(asked.here, some)
    return Queue(line, *db.session.execute(query).one())


def _left(actor: Actor) -> Queue:
    known = select(Tie.person_id).where(Tie.office_id.in_(offices.seen(actor, P.SEE_PEOPLE)))
    query = (
        select(func.count(), func.min(Person.restricted_at))
        .where(Person.restricted_at.is_not(None), Person.anonymised_at.is_(None))
        .where(Person.id.in_(known))
    )
    return Queue(Line.LEFT, *db.session.execute(query).one(), trouble=0)


def _of(actor: Actor, permission: Permission, office: Any) -> ColumnElement[bool]:
    """Of an office that the actor sees; who sees the whole tree sees also what is of none."""
    seen = offices.seen(actor, permission)
    root = select(Office.id).where(Office.parent_id.is_(None), Office.id.in_(seen)).exists()
    return or_(office.in_(seen), and_(office.is_(None), root))
