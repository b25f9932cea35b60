"""The board as its tests ask for it: addresses, the slots of a page, what is marked."""

from __future__ import annotations

from talent.db import db, writing
from talent.shifts.models import (
    Need,
)

WEEK = "/shifts/board?on=2026-06-03"
DAY = "/shifts/board?view=day&on=2026-06-03"


def least(shift, *numbers):
    """So many people are needed at least, by position."""
    with writing():
        needs = db.session.query(Need).filter_by(shift_id=shift.id).order_by(Need.id)
        for need, number in zip(needs, numbers, strict=False):
            need.least = number
    return shift


def slots(page):
    return [e.get("id") for e in page.all("article", class_="slot")]


def marks(page):
    return page.said("span", class_="mark") + page.said("p", class_="mark")


def move_url(signup, need, back="/shifts/board"):
    return f"/shifts/board/move?signup={signup.id}&need={need.id}&back={back}"
