"""Star schemes: templates to begin from, what is set, when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.recognition.models import StarLevel, StarScheme
from talent.recognition.service import PAGE
from talent.rules import stars as law
from talent.rules.reason import N_, Because
from talent.rules.stars import Condition, LevelKind, Quality, Source, StarPeriod, Unstarred, Way
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office, OfficeKind


class Template(Word):
    """Schemes that are in use somewhere (or were), to begin from."""

    NATIONAL = "national", N_("Common practice: 100, 300, 600, 1000, 1500 hours")
    BEIJING = "beijing", N_("Beijing: five stars, and medals from 2000 hours on")
    ZHANGJIAGANG = "zhangjiagang", N_("Zhangjiagang: five stars, and medals from 600 hours on")
    COMMUNITY = "community", N_("A community: five stars anew each year")
    HONG_KONG = "hong_kong", N_("Hong Kong: awards for each calendar year")


@dataclass(frozen=True, slots=True)
class Rung:
    """A level as it is set."""

    hours: int
    name_zh: str
    name_en: str | None = None
    kind: LevelKind = LevelKind.STAR
    way: Way = Way.APPLICATION
    levels_up: int = 0
    decider_kind: OfficeKind | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A scheme as it is set."""

    name_zh: str
    name_en: str | None
    period: StarPeriod
    rungs: Sequence[Rung]
    source: str
    sureness: Source = Source.OWN
    condition: Condition = field(default_factory=Condition)


_NUMERALS = "一二三四五"
_ENGLISH = ("One", "Two", "Three", "Four", "Five")
_METALS = (("铜奖", "Bronze award"), ("银奖", "Silver award"), ("金奖", "Gold award"))


def _stars(*hours: int) -> list[Rung]:
    return [
        Rung(each, f"{_NUMERALS[n]}星级志愿者", f"{_ENGLISH[n]}-star volunteer")
        for n, each in enumerate(hours)
    ]


def _medal(hours: int, name_zh: str, name_en: str) -> Rung:
    return Rung(hours, name_zh, name_en, kind=LevelKind.MEDAL)


TEMPLATES = {
    Template.NATIONAL: Outline(
        "志愿者星级认定",
        "Volunteer star levels",
        StarPeriod.LIFETIME,
        _stars(100, 300, 600, 1000, 1500),
        "累计达到100、300、600、1000、1500小时的志愿者，可以依次申请评定为一星级至五星级志愿者",
        Source.QUOTED,
    ),
    Template.BEIJING: Outline(
        "志愿者星级和奖章（北京）",
        "Volunteer stars and medals (Beijing)",
        StarPeriod.LIFETIME,
        [
            *_stars(100, 200, 500, 800, 1000),
            _medal(2000, "铜奖章", "Bronze medal"),
            _medal(3000, "银奖章", "Silver medal"),
            _medal(5000, "金奖章", "Gold medal"),
        ],
        "北京市：100/200/500/800/1000小时，奖章2000/3000/5000小时；奖章名称请核对",
        Source.QUOTED,
    ),
    Template.ZHANGJIAGANG: Outline(
        "志愿者星级和奖章（张家港）",
        "Volunteer stars and medals (Zhangjiagang)",
        StarPeriod.LIFETIME,
        [
            *_stars(30, 60, 100, 200, 300),
            _medal(600, "铜奖章", "Bronze medal"),
            _medal(1000, "银奖章", "Silver medal"),
            _medal(1500, "金奖章", "Gold medal"),
            _medal(3000, "终身荣誉奖章", "Lifetime medal"),
        ],
        "张家港市：30/60/100/200/300小时，奖章600/1000/1500小时，终身3000小时；奖章名称请核对",
        Source.QUOTED,
    ),
    Template.COMMUNITY: Outline(
        "社区年度志愿者星级",
        "Community star levels of the year",
        StarPeriod.YEAR,
        _stars(10, 20, 30, 40, 50),
        "某社区：每年10/20/30/40/50小时，逐年重新评定",
        Source.SECONDARY,
    ),
    Template.HONG_KONG: Outline(
        "香港义工奖（公历年）",
        "Hong Kong Volunteer Award (calendar year)",
        StarPeriod.YEAR,
        [
            *(
                _medal(hours, zh, en)
                for hours, (zh, en) in zip((50, 100, 300), _METALS, strict=True)
            ),
            _medal(500, "卓越奖", "Award of excellence"),
        ],
        "Hong Kong Volunteer Award: 50/100/300/500",
        Source.PRIMARY,
    ),
}


def add(
    office: Office,
    outline: Outline,
    *,
    first_day: date,
    last_day: date | None = None,
    actor: Actor,
    now: datetime,
) -> StarScheme:
    """Let a scheme hold at an office, and below it where there is none of their own."""
    levels = [law.Level(rung.hours, rung.name_zh) for rung in outline.rungs]
    if reasons := law.refusals_to_levels(levels, outline.condition, first=first_day, last=last_day):
        raise Refused(reasons)
    scheme = StarScheme(
        office_id=office.id,
        name_zh=outline.name_zh,
        name_en=outline.name_en,
        period=outline.period,
        quality=outline.condition.quality,
        least_average=outline.condition.least_average,
        least_count=outline.condition.least_count,
        first_day=first_day,
        last_day=last_day,
        source=outline.source,
        sureness=outline.sureness,
        account_id=actor.account_id,
        made_at=now,
    )
    scheme.levels = [
        StarLevel(
            place=place,
            hours=rung.hours,
            name_zh=rung.name_zh,
            name_en=rung.name_en,
            kind=rung.kind,
            way=rung.way,
            levels_up=rung.levels_up,
            decider_kind=rung.decider_kind,
        )
        for place, rung in enumerate(outline.rungs, start=1)
    ]
    db.session.add(scheme)
    db.session.flush()
    _trace(scheme, actor=actor, now=now)
    return scheme


def end(scheme: StarScheme, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time. What was given stays given."""
    scheme = locked(StarScheme, scheme.id)
    if last_day < scheme.first_day:
        raise Refused([Because(Unstarred.ENDS_EARLY)])
    scheme.last_day = last_day
    _trace(scheme, actor=actor, now=now)


def listed(actor: Actor, *, after: int | None = None) -> Sequence[StarScheme]:
    """The schemes that concern the actor's offices: their own and those of the offices above."""
    query = (
        select(StarScheme)
        .where(offices.shared(StarScheme.office_id, actor, Permission.SEE_RECOGNITION))
        .options(joinedload(StarScheme.office), selectinload(StarScheme.levels))
        .order_by(StarScheme.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(StarScheme.id < after)
    return db.session.scalars(query).all()


def editable(actor: Actor, scheme_id: int) -> StarScheme:
    """A scheme of an office for which the actor sets what holds, or `NotFound`."""
    query = select(StarScheme).where(
        StarScheme.id == scheme_id,
        StarScheme.office_id.in_(offices.seen(actor, Permission.EDIT_RULES)),
    )
    if (scheme := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return scheme


def _trace(scheme: StarScheme, *, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.SCHEME_CHANGED,
        scheme,
        actor=actor,
        now=now,
        office_id=scheme.office_id,
        name=scheme.name_zh,
        hours=[level.hours for level in scheme.levels],
        first_day=scheme.first_day.isoformat(),
        last_day=scheme.last_day.isoformat() if scheme.last_day else None,
    )


def blank() -> Outline:
    """An empty scheme to type into."""
    return Outline(
        "", None, StarPeriod.LIFETIME, [], "", Source.OWN, Condition(Quality.NONE, Decimal(0), 0)
    )
