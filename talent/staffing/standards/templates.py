"""Standards that offices follow, to be taken into force: each with its source, and how sure it is.

None of them is in force by being here: an office takes one, sees its numbers and names its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from talent.offices.models import OfficeKind, Settlement
from talent.rules.reason import N_
from talent.rules.social_workers import Grade
from talent.rules.sources import Sure
from talent.rules.staffing import PopulationKind
from talent.rules.standards import (
    PER_RESIDENTS,
    Band,
    Bands,
    Base,
    Inverse,
    PerUnit,
    Ratio,
    Share,
)
from talent.rules.words import Word
from talent.staffing.models import COMMUNITY_WORKERS, OFFICIAL, AppointmentKind

if TYPE_CHECKING:
    from talent.rules.standards import Terms


class Measure(Word):
    """What standards are about: those of one measure take each other's place."""

    COMMUNITY_WORKERS = OFFICIAL, N_("Community workers for residents")
    CERTIFIED_SHARE = "certified_share", N_("Share of certified community workers")
    PROFESSIONAL = "community_social_worker", N_("Social workers of each community")
    COMMITTEE = "committee", N_("Residents' committees")
    COMMITTEE_RURAL = "committee_rural", N_("Villagers' committees")
    BY_HOUSEHOLDS = "workers_by_households", N_("Community workers by households")
    CHILDREN_DIRECTOR = "children_director", N_("Children's directors")
    CHILDREN_SUPERVISOR = "children_supervisor", N_("Children's supervisors")
    STATION = "station", N_("Social workers of stations")
    STATION_CERTIFIED = "station_certified", N_("Share of certified social workers of stations")
    ELDERLY_HOME = "elderly_home", N_("Social workers of homes for the elderly")
    SCHOOL = "school_social_worker", N_("School social workers")
    CASES = "cases", N_("Social workers for cases")
    FAMILIES = "families", N_("Social workers for families")
    FOSTER_CARE = "foster_care", N_("Social workers for children in foster care")
    SUPERVISION = "supervision", N_("Supervisors of social workers")


D = Decimal
PLAN = "国办发〔2021〕56号"
SOCIAL_WORKERS = (AppointmentKind.SOCIAL_WORKER,)
ANYBODY = tuple(AppointmentKind)
GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Template:
    """A standard as a source tells it."""

    code: str
    measure: str
    name_zh: str
    name_en: str
    terms: Terms
    source: str
    sure: Sure
    kinds: tuple[AppointmentKind, ...] = COMMUNITY_WORKERS
    grades: tuple[Grade, ...] = ()
    base: Base = Base.POPULATION
    population_kind: PopulationKind = PopulationKind.URBAN_RESIDENT
    base_kinds: tuple[AppointmentKind, ...] = ()
    for_kind: OfficeKind | None = None
    settlement: Settlement | None = None
    remark: str = ""  # what the source leaves open


@dataclass(frozen=True, slots=True)
class Group:
    """Templates of one matter."""

    name: str
    templates: tuple[Template, ...]


GROUPS = (
    Group(
        N_("Community workers"),
        (
            Template(
                "plan_18", OFFICIAL, "每万城镇常住人口拥有社区工作者18人",
                "18 community workers per 10,000 urban residents", Ratio(D(18)), PLAN,
                Sure.OFFICIAL,
                remark=N_("The plan ran from 2021 to 2025; one area carries it on to 2030."),
            ),
            Template(
                "local_25", OFFICIAL, "每万城镇常住人口拥有社区工作者不低于25人",
                "At least 25 community workers per 10,000 urban residents", Ratio(D(25)),
                "昌吉州规划", Sure.OFFICIAL,
            ),
            Template(
                "certified_50", "certified_share", "社区工作者持证率达到50%以上",
                "At least 50% of community workers hold the certificate", Share(D(50)),
                "湖北省规划", Sure.OFFICIAL, grades=GRADES,
            ),
            Template(
                "certified_4", "certified_share", "社区工作者持证率达到4%",
                "4% of community workers hold the certificate", Share(D(4)), "陇南市规划",
                Sure.OFFICIAL, grades=GRADES,
            ),
            Template(
                "professional_1", "community_social_worker", "每个城市社区至少1名社会工作专业人才",
                "At least one professional social worker in each urban community", PerUnit(D(1)),
                "社区服务体系建设“十三五”规划", Sure.OFFICIAL, kinds=ANYBODY, grades=GRADES,
                base=Base.OFFICES, for_kind=OfficeKind.COMMUNITY, settlement=Settlement.URBAN,
            ),
        ),
    ),
    Group(
        N_("Residents' committees, by size"),
        (
            Template(
                "committee_households", "committee",
                "居委会成员：3000户以下5至7名，3000户以上7至9名",
                "Committee: 5 to 7 below 3,000 households, 7 to 9 from there",
                Bands((Band(0, 3_000, D(5), D(7)), Band(3_000, None, D(7), D(9)))), "地方核定办法",
                Sure.OFFICIAL, kinds=(AppointmentKind.COMMITTEE,),
                population_kind=PopulationKind.HOUSEHOLDS, for_kind=OfficeKind.COMMUNITY,
                remark=N_("The source does not say in which band exactly 3,000 households are."),
            ),
            Template(
                "committee_urban", "committee", "城市社区居委会由5至9人组成",
                "Committee of an urban community: 5 to 9", Bands((Band(0, None, D(5), D(9)),)),
                "地方核定办法", Sure.OFFICIAL, kinds=(AppointmentKind.COMMITTEE,),
                population_kind=PopulationKind.HOUSEHOLDS, for_kind=OfficeKind.COMMUNITY,
                settlement=Settlement.URBAN,
            ),
            Template(
                "committee_rural", "committee_rural", "农村社区村委会由3至7人组成",
                "Committee of a rural community: 3 to 7", Bands((Band(0, None, D(3), D(7)),)),
                "地方核定办法", Sure.OFFICIAL, kinds=(AppointmentKind.COMMITTEE,),
                population_kind=PopulationKind.HOUSEHOLDS, for_kind=OfficeKind.COMMUNITY,
                settlement=Settlement.RURAL,
            ),
            Template(
                "shaanxi_2012", "workers_by_households", "按户数配置社区工作人员5、7、9人",
                "5, 7 or 9 workers by households",
                Bands((
                    Band(1_000, 2_000, D(5)), Band(2_000, 4_000, D(7)), Band(4_000, None, D(9)),
                )), "陕西省2012年规定", Sure.SECONDARY,
                population_kind=PopulationKind.HOUSEHOLDS, for_kind=OfficeKind.COMMUNITY,
                remark=N_("The source names 2,000 and 4,000 households in two bands each."),
            ),
        ),
    ),
    Group(
        N_("Services for children"),
        (
            Template(
                "children_director", "children_director", "每个村（居）委会设立1名儿童主任",
                "One children's director in each community", PerUnit(D(1)),
                "民政部门关于农村留守儿童和困境儿童服务体系的意见", Sure.OFFICIAL,
                kinds=(AppointmentKind.CHILDREN_DIRECTOR,), base=Base.OFFICES,
                for_kind=OfficeKind.COMMUNITY,
            ),
            Template(
                "children_supervisor", "children_supervisor", "每个乡镇（街道）设1名儿童督导员",
                "One children's supervisor in each street or town", PerUnit(D(1)),
                "民政部门关于农村留守儿童和困境儿童服务体系的意见", Sure.OFFICIAL,
                kinds=(AppointmentKind.CHILDREN_SUPERVISOR,), base=Base.OFFICES,
                for_kind=OfficeKind.STREET,
            ),
        ),
    ),
    Group(
        N_("Stations and homes"),
        (
            Template(
                "station_2", "station", "每个乡镇（街道）社工站至少2名社工",
                "At least two social workers in each station of a street", PerUnit(D(2)),
                "地方社工站方案", Sure.SECONDARY, kinds=SOCIAL_WORKERS, base=Base.OFFICES,
                for_kind=OfficeKind.STREET,
            ),
            Template(
                "station_60", "station_certified", "社工站持证人员不低于60%",
                "At least 60% of the social workers of stations are certified", Share(D(60)),
                "地方社工站方案", Sure.SECONDARY, kinds=SOCIAL_WORKERS, grades=GRADES,
            ),
            Template(
                "elderly_200", "elderly_home", "养老机构每200名老人配1名社工",
                "One social worker for each 200 residents of a home for the elderly",
                Inverse(D(200), least=D(1)), "GB/T 37276、MZ/T 187", Sure.REMEMBERED,
                kinds=SOCIAL_WORKERS, population_kind=PopulationKind.HOME_RESIDENTS,
                remark=N_("Fewer than 200 residents count as 200."),
            ),
        ),
    ),
    Group(
        N_("Schools"),
        (
            Template(
                "nasw_250", "school_social_worker", "美国学校社工1:250名学生",
                "School social workers, United States: 1 for 250 students",
                Inverse(D(250), stepped=False), "NASW 2012", Sure.REMEMBERED, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.STUDENTS,
            ),
            Template(
                "nasw_50", "school_social_worker", "美国学校社工1:50名重点学生",
                "School social workers, United States, intensive need: 1 for 50 students",
                Inverse(D(50), stepped=False), "NASW 2012", Sure.REMEMBERED, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.STUDENTS,
            ),
            Template(
                "hk_special", "school_social_worker", "香港特殊学校每35名学生0.5名社工",
                "Special schools, Hong Kong: half a post for each 35 students",
                Inverse(D(35), step=D("0.5")), "香港教育局", Sure.OFFICIAL, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.STUDENTS,
                remark=N_("That a begun 35 counts as a whole is an assumption."),
            ),
            Template(
                "hk_1977", "school_social_worker", "香港中学1:4000名学生（1977年起）",
                "Secondary schools, Hong Kong, from 1977: 1 for 4,000 students",
                Inverse(D(4_000), stepped=False), "香港教育局", Sure.OFFICIAL, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.STUDENTS,
            ),
            Template(
                "hk_1995", "school_social_worker", "香港中学1:2000名学生（1995年起）",
                "Secondary schools, Hong Kong, from 1995: 1 for 2,000 students",
                Inverse(D(2_000), stepped=False), "香港教育局", Sure.OFFICIAL, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.STUDENTS,
            ),
            Template(
                "hk_2000", "school_social_worker", "香港中学一校一社工（2000年起）",
                "Secondary schools, Hong Kong, from 2000: one in each school", PerUnit(D(1)),
                "香港教育局", Sure.OFFICIAL, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.SCHOOLS,
            ),
            Template(
                "hk_2019", "school_social_worker", "香港中学一校两社工（2019年宣布）",
                "Secondary schools, Hong Kong, announced in 2019: two in each school",
                PerUnit(D(2)), "香港2019-20年度财政预算案", Sure.OFFICIAL, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.SCHOOLS,
            ),
        ),
    ),
    Group(
        N_("Child welfare, United States"),
        (
            Template(
                "cwla_investigation", "cases", "调查：每名社工每月12个在办个案",
                "Investigation: 12 active cases a month for each worker", Inverse(D(12)), "CWLA",
                Sure.PRIMARY, kinds=SOCIAL_WORKERS, population_kind=PopulationKind.CASES,
                remark=N_("Combined work, 10 cases and 4 inquiries, is no single number."),
            ),
            Template(
                "cwla_ongoing", "families", "跟进服务：每名社工17个家庭",
                "Ongoing work: 17 families for each worker", Inverse(D(17)), "CWLA", Sure.PRIMARY,
                kinds=SOCIAL_WORKERS, population_kind=PopulationKind.FAMILIES,
            ),
            Template(
                "cwla_foster", "foster_care", "寄养：每名社工12至15名儿童",
                "Foster care: 12 to 15 children for each worker", Inverse(D(15)), "CWLA",
                Sure.PRIMARY, kinds=SOCIAL_WORKERS,
                population_kind=PopulationKind.CHILDREN_IN_CARE,
                remark=N_("15 is the most; with 12 more workers are asked for."),
            ),
            Template(
                "cwla_supervisor", "supervision", "每5名社工1名督导",
                "One supervisor for each five social workers", Inverse(D(5)), "CWLA", Sure.PRIMARY,
                kinds=(AppointmentKind.SUPERVISOR,), base=Base.STAFF, base_kinds=SOCIAL_WORKERS,
                for_kind=OfficeKind.STREET,
            ),
        ),
    ),
)  # fmt: skip

TEMPLATES = {template.code: template for group in GROUPS for template in group.templates}


def numbers(terms: Terms) -> dict[str, object]:
    """Formula and numbers as the columns of a standard keep them."""
    plain: dict[str, object] = {
        "kind": terms.kind, "target": None, "per": PER_RESIDENTS, "least": D(0), "stepped": True,
        "bands": [],
    }  # fmt: skip
    match terms:
        case Ratio(number, per):
            return plain | {"target": number, "per": per}
        case Inverse(per, step, least, stepped):
            return plain | {"target": step, "per": per, "least": least, "stepped": stepped}
        case PerUnit(number):
            return plain | {"target": number}
        case Share(percent):
            return plain | {"target": percent}
        case Bands(bands):
            return plain | {"bands": [kept(band) for band in bands]}


def kept(band: Band) -> dict[str, object]:
    """A band as JSON."""
    return {
        "least": band.least,
        "below": band.below,
        "number": str(band.number),
        "most": None if band.most is None else str(band.most),
    }
