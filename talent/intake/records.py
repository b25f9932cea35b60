"""Rows of training and of credentials: taken down by the ways of the house, for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.db import db
from talent.errors import Refused
from talent.intake import lines as all_lines
from talent.intake.lines import amount, likeness
from talent.intake.models import RowState
from talent.rules.credentials import Unverifiable
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.outcomes import State
from talent.training.credentials import service as credentials
from talent.training.credentials.service import Stated
from talent.training.models import CredentialKind, TrainingRecord
from talent.training.records import service as records
from talent.training.records.service import Learned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.intake.lines import By, Line


class RecordNote(Word):
    """What is to be said of a row of training or of a credential."""

    NO_KIND = "no_kind", N_("“%(text)s” is not a kind of credential here.")
    THERE = "there", N_("This training is on record already.")


def judge_training(lines: Sequence[Line], by: By) -> None:
    """The fields of Order 67 Art. 8, read."""
    all_lines.known(lines, by)
    for each in lines:
        row = each.row
        minutes = amount(row)
        title = row.take("title", cells.text, required=True)
        held_on = row.take("held_on", cells.day, required=True)
        until = row.take("until", cells.day)
        content = row.take("content", cells.text) or title
        organiser = row.take("organiser", cells.text) or by.intake.office.name_zh
        if title and held_on and content and minutes and each.person and not row.refused:
            each.stated = Learned(
                title[:150], content[:2000], minutes, organiser[:150], held_on, until
            )
            each.likeness = likeness("training", each.person.id, title, held_on, organiser)
    _there(lines)
    all_lines.told(lines)
    all_lines.repeated(lines, by.intake.id)


def write_training(lines: Sequence[Line], by: By) -> None:
    """Each waits for a second person, as outside training does."""
    for each in lines:
        if each.state is not RowState.TAKE or each.person is None:
            continue
        try:
            with db.session.begin_nested():
                records.enter(
                    each.person, by.intake.office, each.stated, course=None,
                    actor=by.actor, now=by.now, imported=True,
                )  # fmt: skip
        except Refused as refusal:
            all_lines.refused(each, refusal)
        else:
            each.state = RowState.ADDED


def judge_credentials(lines: Sequence[Line], by: By) -> None:
    """Kind by its name, number, issuer, days."""
    all_lines.known(lines, by)
    kinds: dict[str, CredentialKind] = {}
    for kind in db.session.scalars(select(CredentialKind).where(CredentialKind.open)):
        kinds |= {"".join((n or "").split()).casefold(): kind for n in (kind.name_zh, kind.name_en)}
    kinds.pop("", None)
    for each in lines:
        row = each.row
        named = row.take(
            "credential",
            lambda cell: all_lines.word(cell, kinds, RecordNote.NO_KIND),
            required=True,
        )
        issued_on = row.take("issued_on", cells.day, required=True)
        number, until = row.take("paper", cells.digits), row.take("until", cells.day)
        issuer, classes = row.take("issuer", cells.text), row.take("classes", cells.text) or ""
        if named and issued_on and each.person and not row.refused:
            each.stated = Stated(
                named, issued_on, number and number[:100], issuer and issuer[:150], until,
                classes=[one for one in named.classes if one in classes.split("、")],
                imported=True,
            )  # fmt: skip
            each.likeness = likeness("credential", each.person.id, named.id, issued_on, number)
    all_lines.told(lines)
    all_lines.repeated(lines, by.intake.id)


def write_credentials(lines: Sequence[Line], by: By) -> None:
    """Each waits for a second person; what is held already is left as it is."""
    for each in lines:
        if each.state is not RowState.TAKE or each.person is None:
            continue
        try:
            with db.session.begin_nested():
                credentials.add(each.person, each.stated, actor=by.actor, now=by.now)
        except Refused as refusal:
            all_lines.refused(each, refusal)
            if {reason.why for reason in refusal.reasons} == {Unverifiable.HELD_ALREADY}:
                each.state = RowState.SAME
        else:
            each.state = RowState.ADDED


def _there(lines: Sequence[Line]) -> None:
    """What stands already, as it stands in the row, is not written twice."""
    ids = [each.person.id for each in lines if each.person]
    query = select(
        TrainingRecord.person_id,
        TrainingRecord.name,
        TrainingRecord.held_on,
        TrainingRecord.organiser,
    ).where(TrainingRecord.person_id.in_(ids), TrainingRecord.ended_at.is_(None))
    there = {tuple(row) for row in db.session.execute(query)}
    for each in lines:
        if each.person is None or not isinstance(each.stated, Learned):
            continue
        said = each.stated
        if (each.person.id, said.name, said.held_on, said.organiser) in there:
            each.row.note("title", Because(RecordNote.THERE), State.UNCHANGED)
            each.state = RowState.SAME
