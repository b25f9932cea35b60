"""The list of people in the demonstration: filters that are shared, and an act upon many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.accounts.models import Account
from talent.db import db
from talent.directory.acts import service as acts
from talent.directory.acts.service import Meant
from talent.directory.filters import AgeBand, Wanted
from talent.directory.models import ManyKind
from talent.directory.saved import service as saved

if TYPE_CHECKING:
    from talent.demo.stage import District


def play(district: District, login: str) -> None:
    """At the first community; the act can still be undone."""
    account = db.session.scalars(select(Account).where(Account.email == login)).one()
    actor, now, today = account.actor, district.now, district.day
    office = district.communities[0]
    older, silent = Wanted(age=AgeBand.OLDER), Wanted(no_phone=True)
    saved.save("60岁以上志愿者", older, office_id=office.id, actor=actor, now=now)
    saved.save("没有留电话的", silent, office_id=None, actor=actor, now=now)
    meant, wish = Meant(older), {"language": "zh"}
    kind = ManyKind.SET_LANGUAGE
    seen = acts.preview(kind, wish, meant, actor=actor, today=today)
    if seen.number:
        acts.confirm(
            kind, wish, meant, title="中文", seen=seen.mark, once="", actor=actor, now=now,
            today=today,
        )  # fmt: skip
