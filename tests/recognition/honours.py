"""Schemes and hours to test with."""

from __future__ import annotations

from datetime import date

import make

from talent.access import SYSTEM
from talent.db import writing
from talent.recognition.schemes import service as schemes
from talent.recognition.schemes.service import Outline, Rung
from talent.rules.stars import Condition, LevelKind, Source, StarPeriod, Way

BEGUN = date(2026, 1, 1)


def scheme(office, *rungs, period=StarPeriod.LIFETIME, condition=None, first_day=BEGUN, **more):
    """A scheme of the office: rungs are hours, or Rungs."""
    levels = [
        each if isinstance(each, Rung) else Rung(each, f"{n}星级志愿者", f"{n}-star volunteer")
        for n, each in enumerate(rungs or (100, 300), start=1)
    ]
    outline = Outline(
        "星级认定", "Star levels", period, levels, "本单位", Source.OWN, condition or Condition()
    )
    with writing():
        return schemes.add(office, outline, first_day=first_day, actor=SYSTEM, now=make.NOW, **more)


def automatic(hours, name="自动", **more):
    return Rung(hours, name, f"By itself {hours}", way=Way.AUTOMATIC, **more)


def medal(hours, **more):
    return Rung(hours, "铜奖章", "Bronze medal", kind=LevelKind.MEDAL, **more)


def hours(person, office, number, *, minutes=0, day=make.TODAY, **more):
    """Approved hours, in records of a day each, so that no day is longer than it can be."""
    left, rows = number * 60 + minutes, []
    while left:
        part = min(left, 600)
        rows.append(make.record(person, office, part, day=day, **more))
        left -= part
    return rows
