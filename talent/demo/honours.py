"""Recognition in the demonstration: a scheme, evaluations, stars, awards, a roll that is on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM, Actor
from talent.db import db
from talent.hours.models import ServiceRecord
from talent.offices.models import Setting
from talent.offices.settings import set_rule
from talent.people.consents import service as consenting
from talent.recognition import service as recognition
from talent.recognition.awards import service as awards
from talent.recognition.evaluations import service as evaluations
from talent.recognition.evaluations.service import Said
from talent.recognition.granting import service as granting
from talent.recognition.schemes import service as schemes
from talent.recognition.schemes.service import TEMPLATES, Outline, Rung, Template
from talent.recognition.stars import service as stars
from talent.rules.consent import ConsentKind
from talent.rules.stars import LevelKind, Rank, Source, StarPeriod, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.demo.stage import District
    from talent.people.models import Person

REMARKS = ("耐心细致，老人很喜欢", None, "准时到岗", None, "主动帮忙收拾场地")
# A scheme with steps that are reached within the five weeks that the demonstration knows.
OF_YEAR = Outline(
    "邻里之星（年度）",
    "Neighbourhood stars of the year",
    StarPeriod.YEAR,
    [
        Rung(2, "邻里新星", "Rising star", way=Way.AUTOMATIC),
        Rung(5, "邻里之星", "Neighbourhood star"),
        Rung(50, "邻里奖章", "Neighbourhood medal", kind=LevelKind.MEDAL, levels_up=1),
    ],
    "区志愿服务激励办法（示例）",
    Source.OWN,
)
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n"  # noqa: E501


def play(district: District) -> None:
    """For the whole district; evaluations, applications and awards at the first community."""
    begun = date(district.day.year, 1, 1)
    for outline in (TEMPLATES[Template.NATIONAL], OF_YEAR):
        schemes.add(district.root, outline, first_day=begun, actor=SYSTEM, now=district.begun)
    people = district.volunteers[district.communities[0].id]
    _evaluated(district)
    for person_id, level_id, period in granting.due(district.now):
        granting.give(person_id, level_id, period, now=district.now)
    _asked(district, people)
    _awarded(district, people)
    _named(district, people)


def _evaluated(district: District) -> None:
    """Services older than a week; those of the last days wait for the office."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.office_id == district.communities[0].id)
        .where(ServiceRecord.day < district.day - timedelta(days=7))
        .where(ServiceRecord.state.in_(evaluations.OPEN))
        .order_by(ServiceRecord.id)
    )
    records = db.session.scalars(query).all()
    said = {
        record.id: Said(5 if place % 4 else 4, REMARKS[place % len(REMARKS)])
        for place, record in enumerate(records)
    }
    evaluations.evaluate(said, records, actor=SYSTEM, now=district.now, today=district.day)


def _asked(district: District, people: Sequence[Person]) -> None:
    """Whoever has reached a level applies; every other one is answered."""
    found = [
        (person, rung.level.id, course.period.key)
        for person in people
        for course in recognition.courses(person, today=district.day)
        for rung in course.rungs
        if not rung.refusals
    ]
    for place, (person, level_id, period) in enumerate(found):
        applied = stars.apply(
            person, level_id, period,
            actor=Actor(person_id=person.id), now=district.now, today=district.day,
        )  # fmt: skip
        if place % 2:
            stars.take(applied, actor=SYSTEM, now=district.now)


def _awarded(district: District, people: Sequence[Person]) -> None:
    office = district.communities[0]
    for person, name, unit, rank in zip(
        people,
        ("年度优秀志愿者", "区级优秀志愿者", "公益之星"),
        (office.name_zh, district.root.name_zh, "区公益联合会"),
        (Rank.OWN, Rank.COUNTY, Rank.OTHER),
        strict=False,
    ):
        awards.add(
            person, office, name=name, awarded_on=district.day - timedelta(days=30), unit=unit,
            rank=rank, evidence=None if rank is Rank.OWN else ("证书.pdf", SCAN),
            actor=SYSTEM, now=district.now, today=district.day,
        )  # fmt: skip


def _named(district: District, people: Sequence[Person]) -> None:
    """The first community has turned its roll on, and a third of its people agreed."""
    office = district.communities[0]
    set_rule(
        office, Setting.HONOUR_ROLL, "on",
        valid_from=district.day, today=district.day, actor=SYSTEM, now=district.now,
    )  # fmt: skip
    for person in people[::3]:
        consenting.give(
            person, [ConsentKind.HONOUR_ROLL], actor=Actor(person_id=person.id), now=district.now
        )
