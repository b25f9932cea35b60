"""Rows that have lost what they belong to, or stand in a state that cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String, and_, cast, exists, func, literal, literal_column, or_, select, union
from sqlalchemy.orm import aliased

from talent.accounts.models import Account
from talent.certificates.batches.models import BatchState, CertificateBatch
from talent.db import db
from talent.directory.models import ManyAct, ManyState
from talent.files import StoredFile
from talent.fsck.finding import Check, Soon, lines
from talent.intake.models import Intake, IntakeState
from talent.lab.models import CountingDraft, DraftState
from talent.merging.models import Merge
from talent.merging.policies import PERSON, Lost, Way
from talent.messages.models import Message, MessageState
from talent.offices.models import Office
from talent.people.models import Person, Registration, Tie
from talent.rosters.models import ProposalState, RosterProposal
from talent.rules.merging import STRAGGLERS
from talent.staffing.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlalchemy import Table

    from talent.fsck.finding import Moment

DEAD = timedelta(minutes=30)  # a worker that was silent so long is gone, and nobody took over
UNNAMED = timedelta(days=2)  # lists that were looked at and not confirmed are kept so long
_OVER = (MessageState.SENT, MessageState.DEAD, MessageState.DROPPED)
_AT_WORK: tuple[tuple[Any, Any], ...] = (
    (CertificateBatch, CertificateBatch.state.in_((BatchState.ISSUING, BatchState.PRINTING))),
    (RosterProposal, RosterProposal.state == ProposalState.RUNNING),
    (ManyAct, ManyAct.state.in_((ManyState.WORKING, ManyState.UNDOING))),
    (Intake, Intake.state.in_((IntakeState.READING, IntakeState.RUNNING))),
    (CountingDraft, CountingDraft.state == DraftState.RUNNING),
)


def _untied(_moment: Moment) -> Iterator[str]:
    """Who is registered or appointed at an office is known to it."""
    for model in (Registration, Appointment):
        tied = exists().where(Tie.person_id == model.person_id, Tie.office_id == model.office_id)
        query = select(
            model.id.label(model.__tablename__),
            model.person_id.label("person"),
            model.office_id.label("not known to office"),
        )
        yield from lines(query.where(~tied).order_by(model.id))


def _misplaced(_moment: Moment) -> Iterator[str]:
    """The path of an office leads through the one above it."""
    above = aliased(Office)
    number = cast(Office.id, String)
    path = func.coalesce(above.path, literal("/")).concat(number).concat("/")
    query = (
        select(Office.id.label("office"), Office.path.label("path"))
        .outerjoin(above, above.id == Office.parent_id)
        .where(Office.path != path)
        .order_by(Office.id)
    )
    yield from lines(query)


def _chained(_moment: Moment) -> Iterator[str]:
    """A file was joined to one that was not joined itself."""
    into = aliased(Person)
    query = (
        select(Person.id.label("person"), into.id.label("joined to"))
        .join(into, into.id == Person.merged_into_person_id)
        .where(into.merged_into_person_id.is_not(None))
        .order_by(Person.id)
    )
    yield from lines(query)


def _emptied(moment: Moment) -> Iterator[str]:
    """Nothing that follows to the other file stays with the emptied one, but for a while."""
    for (name, column), policy in sorted(PERSON.items()):
        if policy.way is not Way.FOLLOWS or policy.lost not in {None, Lost.REMOVED}:
            continue
        table: Table = db.metadata.tables[name]
        key = next(iter(table.primary_key))
        into = Person.__table__.alias()
        under_way = exists().where(
            Merge.source_person_id == into.c.id,
            Merge.undone_at.is_(None),
            Merge.made_at > moment.now - STRAGGLERS,
        )
        query = (
            select(literal_column(f"'{name}'"), key, into.c.id, under_way)
            .select_from(table.join(into, into.c.id == table.c[column]))
            .where(into.c.merged_into_person_id.is_not(None))
            .order_by(key)
        )
        for row in db.session.execute(query):
            said = f"{row[0]} {row[1]}, person {row[2]} was joined to another file"
            yield Soon(f"{said}: follows in a minute") if row[3] else said


def _without_account(_moment: Moment) -> Iterator[str]:
    query = (
        select(Account.id.label("account"), Account.person_id.label("of the emptied person"))
        .join(Person, Person.id == Account.person_id)
        .where(Person.merged_into_person_id.is_not(None))
    )
    yield from lines(query.order_by(Account.id))


def _impossible(_moment: Moment) -> Iterator[str]:
    """What a message says of itself belongs to its state."""
    state, none = Message.state, None
    wrong = or_(
        and_(state == MessageState.SENT, Message.sent_at.is_(none)),
        and_(state != MessageState.SENT, Message.sent_at.is_not(none)),
        and_(state == MessageState.CLAIMED,
             or_(Message.claimed_by.is_(none), Message.claimed_until.is_(none))),
        and_(state == MessageState.HANDED, Message.claimed_by.is_(none)),
        and_(state.in_((MessageState.DEAD, MessageState.DROPPED)), Message.trouble.is_(none)),
        and_(state.in_(_OVER), Message.secret.is_not(none)),
        and_(state.in_((MessageState.WAITING, MessageState.CLAIMED)), Message.address.is_(none)),
    )  # fmt: skip
    query = select(Message.id.label("message"), state.label("state")).where(wrong)
    yield from lines(query.order_by(Message.id))


def _stale(moment: Moment) -> Iterator[str]:
    """Work whose worker fell silent was taken over by the next one."""
    ago = moment.now - DEAD
    query = select(Message.id.label("message"), Message.claimed_until.label("claimed until"))
    claimed = and_(Message.state == MessageState.CLAIMED, Message.claimed_until < ago)
    yield from lines(query.where(claimed).order_by(Message.id))
    for model, at_work in _AT_WORK:
        seen = select(model.id.label(model.__tablename__), model.seen_at.label("last seen"))
        yield from lines(seen.where(at_work, model.seen_at < ago).order_by(model.id))


def _naming() -> list[Any]:
    """Every column that names a file."""
    return [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is StoredFile.__table__
    ]


def _unnamed(moment: Moment) -> Iterator[str]:
    """Whoever names files is read once, and not again for each file."""
    columns = [select(column.label("file")).where(column.is_not(None)) for column in _naming()]
    named = union(*columns).subquery()
    query = (
        select(StoredFile.id.label("file"), StoredFile.name.label("named by nothing"))
        .outerjoin(named, named.c.file == StoredFile.id)
        .where(StoredFile.at < moment.now - UNNAMED, named.c.file.is_(None))
        .order_by(StoredFile.id)
    )
    yield from lines(query)


def _cut(_moment: Moment) -> Iterator[str]:
    query = select(StoredFile.id.label("file"), StoredFile.size.label("size"),
                   func.length(StoredFile.content).label("has"))  # fmt: skip
    yield from lines(query.where(func.length(StoredFile.content) != StoredFile.size))


CHECKS = (
    Check("O1", "who is registered or appointed at an office is known to it", _untied),
    Check("O1", "every office stands below the one that it names", _misplaced),
    Check("O2", "no file was joined to one that was joined itself", _chained),
    Check("O2", "nothing stays behind with a file that was joined to another", _emptied),
    Check("O2", "no account opens a file that was emptied", _without_account),
    Check("O3", "no message is in a state that cannot be", _impossible),
    Check("O3", "no work is claimed by a worker that is gone", _stale),
    Check("O4", "no file is kept that nothing names", _unnamed),
    Check("O4", "every file is as long as it was", _cut),
)
