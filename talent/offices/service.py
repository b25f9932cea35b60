"""Questions about offices: which ones an actor may see, what is set there, which days work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import false, or_, select

from talent.db import db
from talent.errors import NotFound
from talent.offices.models import SETTINGS, CalendarDay, Office, OfficeRule, ServiceCategory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission
    from talent.offices.models import Setting


def within(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `Office` that keeps a query inside what the actor may see."""
    paths = actor.paths(permission)
    return or_(*(Office.path.startswith(path, autoescape=True) for path in paths), false())


def seen(actor: Actor, permission: Permission) -> Select[int]:
    """The ids of the offices for which the actor holds the permission, as a subquery."""
    return select(Office.id).where(within(actor, permission))


def visible_office(actor: Actor, permission: Permission, office_id: int) -> Office:
    """The office, or `NotFound`, the same for one that exists elsewhere."""
    query = select(Office).where(Office.id == office_id, within(actor, permission))
    if (office := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return office


def offices_of(actor: Actor, permission: Permission) -> Sequence[Office]:
    """Every office for which the permission is held, in the order of the tree."""
    query = select(Office).where(within(actor, permission)).order_by(Office.path)
    return db.session.scalars(query).all()


def settings_of(office: Office, *, on: date) -> dict[Setting, Any]:
    """All that is set for the office on a day: its own word, else that of the nearest above it."""
    query = (
        select(OfficeRule.name, OfficeRule.value)
        .join(Office, Office.id == OfficeRule.office_id)
        .where(OfficeRule.office_id.in_(office.ancestor_ids), OfficeRule.valid_from <= on)
        .order_by(Office.path, OfficeRule.valid_from)
    )
    told: dict[str, Any] = dict(db.session.execute(query).tuples().all())
    return {setting: told.get(setting.value, default) for setting, default in SETTINGS.items()}


def setting(office: Office, name: Setting, *, on: date) -> Any:
    """One of them."""
    return settings_of(office, on=on)[name]


def working_calendar() -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the make-up days that differ from Monday to Friday."""
    days = db.session.execute(select(CalendarDay.day, CalendarDay.works)).all()
    off = frozenset(day for day, works in days if not works)
    return off, frozenset(day for day, works in days if works)


def categories(*, all_: bool = False) -> Sequence[ServiceCategory]:
    """The service categories that may be chosen; all of them where old ones must be shown."""
    query = select(ServiceCategory).order_by(ServiceCategory.place, ServiceCategory.id)
    return db.session.scalars(query if all_ else query.where(ServiceCategory.open)).all()
