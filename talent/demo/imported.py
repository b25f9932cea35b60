"""A file of the demonstration that was imported: three of its rows were taken, two were not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.accounts.models import Account
from talent.db import db
from talent.demo.cast import resident_id
from talent.intake import service, working
from talent.intake.models import IntakeKind, Way
from talent.sheets import long

if TYPE_CHECKING:
    from talent.demo.stage import District

    Row = tuple[str, str, date, str, str]

NAME = "新志愿者登记表.csv"
HEADS = "姓名,性别,证件号码,联系电话,居住区域,特长"
FIRST = 900  # of the numbers of their documents: nobody else has one from there on
ROWS = (
    ("甘雨桐", "女", date(1994, 4, 12), "13900010001", "摄影"),
    ("骆一帆", "男", date(1988, 9, 3), "13900010002", "电脑维修"),
    ("牟春燕", "女", date(1969, 1, 25), "13900010003", ""),
)
MISTYPED = ("石敬亭", "男", date(1975, 6, 30), "13900010004", "")


def play(district: District, login: str) -> None:
    """At the first community, by its clerk, some time ago; one number was mistyped."""
    account = db.session.scalars(select(Account).where(Account.email == login)).one()
    actor, now, office = account.actor, district.now, district.communities[0]
    lines = [_line(number, row) for number, row in enumerate(ROWS)]
    mistyped = _line(len(ROWS), MISTYPED, wrong=True)
    content = "\n".join([HEADS, *lines, mistyped, "沈听澜,女,,,清河区,书法"]).encode()
    intake = service.hand_in(
        office, IntakeKind.PEOPLE, Way.BOTH, name=NAME, content=content, actor=actor, now=now
    )
    rows = list(long.rows(NAME, content, intake.sheet, intake.first_row))
    working.look_at(intake.id, rows, now)
    working.looked(intake.id, now)
    service.confirm(intake, intake.version, {}, actor=actor, now=now)
    working.take(intake.id, now)


def _line(number: int, row: Row, *, wrong: bool = False) -> str:
    """All numbers of documents but one are as they should be."""
    name, sex, born, phone, skill = row
    document = resident_id(FIRST + number, born, woman=sex == "女")
    if wrong:
        document = document[:-1] + ("2" if document[-1] == "1" else "1")
    return f"{name},{sex},{document},{phone},清河区,{skill}"
