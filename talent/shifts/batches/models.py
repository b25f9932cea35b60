"""Table of bulk acts: what was done at once, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.rules.reason import N_
from talent.rules.words import Word


class BatchKind(Word):
    """What was done to many shifts at once."""

    SERIES = "series", N_("A series")
    SPLIT = "split", N_("A span split into shifts")
    COPY = "copy", N_("Shifts copied to other days")
    TEMPLATE = "template", N_("Shifts made from a template")
    EDIT = "edit", N_("Shifts of a series changed")
    CANCEL = "cancel", N_("Shifts cancelled")


class Batch(Model):
    """One bulk act (批量). Each shift that it touched, with how it stood before and after."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[BatchKind] = mapped_column(words(BatchKind))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
