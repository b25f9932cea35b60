"""The designated system in the demonstration: a file, its answer, and what is still open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent.access import SYSTEM
from talent.db import db
from talent.national.answers import service as answers
from talent.national.batches import service as batches
from talent.national.batches.service import Choice
from talent.national.models import Standing

if TYPE_CHECKING:
    from datetime import date, datetime

    from talent.demo.stage import District
    from talent.offices.models import Office

HEAD = "记录编号,导入结果,失败原因,系统记录编号"
WAITS, REFUSED = 6, 9  # of so many records one has no answer yet, one is refused


def play(district: District) -> None:
    """At the first community: what is older than two weeks was sent and mostly answered."""
    office, now = district.communities[0], district.now
    sent = now - timedelta(days=12)
    choice = Choice(office, last=district.day - timedelta(days=14))
    made = batches.make(choice, identity=False, today=district.day)
    if not made.ready:
        return
    batches.send(choice, made, identity=False, reason="", actor=SYSTEM, now=sent)
    db.session.flush()
    _answer(office, sorted(made.ready), now - timedelta(days=5), district.day)


def _answer(office: Office, ids: list[int], now: datetime, today: date) -> None:
    rows = [HEAD]
    for turn, number in enumerate(ids, start=1):
        if turn % WAITS == 0:
            continue
        if turn % REFUSED == 0:
            rows.append(f"{number},失败,证件号码未实名认证,")
        else:
            rows.append(f"{number},成功,,N{number:08d}")
    content = "\r\n".join(rows).encode("utf-8-sig")
    file = answers.keep("回执.csv", content, actor=SYSTEM, now=now)
    found = answers.look(file, office, actor=SYSTEM, today=today)
    if found.number(Standing.ACCEPTED):
        answers.confirm(file, office, digest=file.digest, actor=SYSTEM, now=now, today=today)
