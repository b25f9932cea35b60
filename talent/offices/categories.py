"""Service categories: the first list, and how an office changes it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.audit import Act, record
from talent.db import db
from talent.offices.calendar import must_edit
from talent.offices.models import ServiceCategory

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor

FIRST = (
    ("elderly", "为老服务", "Elderly care"),
    ("child", "儿童关爱", "Child care"),
    ("health", "健康服务", "Health"),
    ("employment", "就业帮扶", "Employment"),
    ("culture", "文化体育", "Culture and sport"),
    ("veterans", "退役军人服务", "Veterans"),
    ("others", "其他服务", "Others"),
)


def seed_categories() -> int:
    """Add the first categories that are not there; how many that were."""
    known = set(db.session.scalars(select(ServiceCategory.code)))
    new = [
        ServiceCategory(code=code, name_zh=zh, name_en=en, place=place)
        for place, (code, zh, en) in enumerate(FIRST, start=1)
        if code not in known
    ]
    db.session.add_all(new)
    return len(new)


def add_category(
    *, name_zh: str, name_en: str | None, actor: Actor, now: datetime
) -> ServiceCategory:
    """Put a new one at the end of the list."""
    must_edit(actor)
    last = db.session.scalar(select(func.max(ServiceCategory.place))) or 0
    category = ServiceCategory(
        code=f"own-{secrets.token_hex(4)}", name_zh=name_zh, name_en=name_en, place=last + 1
    )
    db.session.add(category)
    db.session.flush()
    record(Act.CATEGORY_CHANGED, category, actor=actor, now=now, name=name_zh)
    return category


def change_category(
    category: ServiceCategory,
    *,
    name_zh: str,
    name_en: str | None,
    place: int,
    is_open: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Rename, move or close it. A closed one is no longer offered; what it was used for stays."""
    must_edit(actor)
    category.name_zh, category.name_en = name_zh, name_en
    category.place, category.open = place, is_open
    record(Act.CATEGORY_CHANGED, category, actor=actor, now=now, name=name_zh, open=is_open)
