"""What was asked for and told about a record that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import papers

from talent.db import db
from talent.hours.models import (
    CorrectionRequest,
    CorrectionStep,
)
from talent.messages.models import Message

PNG = papers.PNG
MORNING = datetime(2026, 5, 29, 1, 0, tzinfo=UTC)


def asked():
    db.session.rollback()
    return db.session.query(CorrectionRequest).one()


def steps():
    db.session.rollback()
    found = db.session.query(CorrectionStep).order_by(CorrectionStep.id)
    return [step.kind for step in found]


def told(kind):
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(m.facts["event"], m.account_id, m.person_id) for m in found]


def asked_of(record):
    db.session.rollback()
    return db.session.query(CorrectionRequest).filter_by(record_id=record.id).one().id
