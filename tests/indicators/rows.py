"""Rows of the plan, and what is stated of them: in a word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make

from talent.db import db
from talent.indicators.models import CaseCount, Indicator, Quantity, StatedFigure, WorkKind

YEAR_END = date(2025, 12, 31)


def indicator(code):
    return db.session.query(Indicator).filter_by(code=code).one()


def quantity(code):
    return db.session.query(Quantity).filter_by(code=code).one()


def work(code):
    return db.session.query(WorkKind).filter_by(code=code).one()


def stated(office, as_of=YEAR_END, source="年报", **numbers):
    """Figures of an office, by the codes of their quantities."""
    rows = [
        StatedFigure(
            office_id=office.id,
            quantity_id=quantity(code).id,
            number=Decimal(str(number)),
            as_of=as_of,
            source=source,
            made_at=make.NOW,
        )
        for code, number in numbers.items()
    ]
    return make.saved(*rows)


def cases(person, office, number, *, code="cases", month=date(2026, 6, 1)):
    """How many of a kind a worker has in a month."""
    return make.saved(
        CaseCount(
            person_id=person.id,
            office_id=office.id,
            kind_id=work(code).id,
            month=month,
            number=number,
            made_at=make.NOW,
        )
    )
