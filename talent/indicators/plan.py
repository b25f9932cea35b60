"""What the plan is measured by, what some places add, and what schemes say of cases: as rows.

国办发〔2021〕56号, main indicators, and local plans that name the same things. Nothing here is
compared with anything: it is written into the tables once, and offices add and end what they like.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from talent.indicators.models import Origin
from talent.offices.models import Settlement
from talent.rules.indicators import Better, Formula, Measure
from talent.rules.sources import Sure

PLAN = "国办发〔2021〕56号"
ISSUED = date(2021, 12, 27)
HUBEI, HUNAN, LONGNAN = "湖北省规划", "湖南省规划", "陇南市规划"
PLAN_13 = "“十三五”规划"


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity: its code, names, units, kind, and where it comes from."""

    code: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    measure: Measure = Measure.COUNT
    origin: Origin = Origin.STATED


@dataclass(frozen=True, slots=True)
class Defined:
    """An indicator: its code, names, formula and quantities."""

    code: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    formula: Formula
    numerator: str
    denominator: str | None
    number: int | None = None
    settlement: Settlement | None = None
    better: Better = Better.MORE
    source: str = PLAN
    sure: Sure = Sure.OFFICIAL
    level: Decimal | None = None  # set for everybody


@dataclass(frozen=True, slots=True)
class Example:
    """A level that some place asks for. It is in force nowhere until an office sets it."""

    code: str
    indicator: str
    level: Decimal
    source: str
    sure: Sure = Sure.OFFICIAL


QUANTITIES = (
    Counted("communities", "社区（村）数", "Communities", "个", "", origin=Origin.COMMUNITIES),
    Counted(
        "with_facility", "有社区综合服务设施", "Has comprehensive service facilities", "个",
        "communities", Measure.YES_NO,
    ),
    Counted(
        "facility_area", "社区综合服务设施建筑面积", "Floor area of service facilities",
        "平方米", "m²", Measure.AMOUNT,
    ),
    Counted(
        "activity_area", "居民活动区域面积", "Area for residents' activities", "平方米", "m²",
        Measure.AMOUNT,
    ),
    Counted(
        "new_service_area", "新建社区商业和综合服务设施面积",
        "Commercial and service area of newly built communities", "平方米", "m²", Measure.AMOUNT,
    ),
    Counted(
        "new_floor_area", "新建社区总建筑面积", "Whole floor area of newly built communities",
        "平方米", "m²", Measure.AMOUNT,
    ),
    Counted(
        "self_service", "有政务通用自助服务", "Has general self-service for government matters",
        "个", "communities", Measure.YES_NO,
    ),
    Counted(
        "volunteer_site", "设有志愿服务站点", "Has a volunteer service site", "个", "communities",
        Measure.YES_NO,
    ),
    Counted("households", "户数", "Households", "户", "", origin=Origin.HOUSEHOLDS),
    Counted("residents", "常住人口", "Residents", "人", "", origin=Origin.RESIDENTS),
    Counted("workers", "社区工作者", "Community workers", "人", "", origin=Origin.WORKERS),
    Counted(
        "urban_residents", "城镇常住人口", "Urban residents", "人", "",
        origin=Origin.URBAN_RESIDENTS,
    ),
    Counted(
        "workers_heads", "社区工作者（按人）", "Community workers, each once", "人", "",
        origin=Origin.HEADS,
    ),
    Counted(
        "certified", "持社会工作者职业水平证书的社区工作者",
        "Community workers with a social-work certificate", "人", "", origin=Origin.CERTIFIED,
    ),
    Counted(
        "active_volunteers", "十二个月内参加服务的志愿者", "Volunteers who served in 12 months",
        "人", "", origin=Origin.ACTIVE,
    ),
    Counted(
        "social_organisations", "社区社会组织", "Social organisations of the community", "个", "",
        origin=Origin.ORGANISATIONS,
    ),
)  # fmt: skip

INDICATORS = (
    Defined(
        "urban_facilities", "城市社区综合服务设施覆盖率",
        "Urban communities with comprehensive service facilities", "%", "%",
        Formula.SHARE, "with_facility", "communities", 1, Settlement.URBAN, level=Decimal(100),
    ),
    Defined(
        "rural_facilities", "农村社区综合服务设施覆盖率",
        "Rural communities with comprehensive service facilities", "%", "%",
        Formula.SHARE, "with_facility", "communities", 2, Settlement.RURAL, level=Decimal(80),
    ),
    Defined(
        "area_per_100_households", "每百户居民拥有社区综合服务设施面积",
        "Floor area of service facilities for each 100 households", "平方米/百户",
        "m² per 100 households", Formula.PER_100, "facility_area", "households", 3,
        level=Decimal(30),
    ),
    Defined(
        "new_service_share", "新建社区商业和综合服务设施面积占社区总建筑面积比例",
        "Commercial and service area in the floor area of newly built communities", "%", "%",
        Formula.SHARE, "new_service_area", "new_floor_area", 4, level=Decimal(10),
    ),
    Defined(
        "activity_share", "居民活动区域面积占社区综合服务设施总建筑面积比例",
        "Area for residents' activities in the service facilities", "%", "%",
        Formula.SHARE, "activity_area", "facility_area", 5, level=Decimal(60),
    ),
    Defined(
        "self_service_coverage", "城市社区政务通用自助服务覆盖率",
        "Urban communities with general self-service for government matters", "%", "%",
        Formula.SHARE, "self_service", "communities", 6, Settlement.URBAN, level=Decimal(100),
    ),
    Defined(
        "workers_per_10k", "每万城镇常住人口拥有社区工作者",
        "Community workers for 10,000 urban residents", "人/万人", "per 10,000",
        Formula.PER_10K, "workers", "urban_residents", 7,
    ),
    Defined(
        "volunteer_sites", "社区综合服务设施志愿服务站点覆盖率",
        "Communities with a volunteer service site", "%", "%",
        Formula.SHARE, "volunteer_site", "communities", source=HUNAN,
    ),
    Defined(
        "organisations_urban", "每个城市社区拥有社区社会组织",
        "Social organisations for each urban community",
        "个/社区", "per community", Formula.EACH, "social_organisations", "communities",
        settlement=Settlement.URBAN, source=LONGNAN,
    ),
    Defined(
        "organisations_rural", "每个农村社区拥有社区社会组织",
        "Social organisations for each rural community",
        "个/社区", "per community", Formula.EACH, "social_organisations", "communities",
        settlement=Settlement.RURAL, source=LONGNAN,
    ),
    Defined(
        "certificate_rate", "社区工作者持社会工作者职业水平证书比例",
        "Community workers with a social-work certificate", "%", "%",
        Formula.SHARE, "certified", "workers_heads", source=HUBEI,
    ),
    Defined(
        "participation", "志愿服务参与率", "Residents who served as volunteers in 12 months",
        "%", "%",
        Formula.SHARE, "active_volunteers", "residents", source=PLAN_13,
    ),
)  # fmt: skip

# The level of indicator 7 is a staffing standard, and is set there.
EXAMPLES = (
    Example("hubei_rural", "rural_facilities", Decimal(90), HUBEI),
    Example("hunan_area", "area_per_100_households", Decimal(43), HUNAN),
    Example("hunan_sites", "volunteer_sites", Decimal(80), HUNAN),
    Example("longnan_urban", "organisations_urban", Decimal(12), LONGNAN),
    Example("longnan_rural", "organisations_rural", Decimal(7), LONGNAN),
    Example("hubei_certificates", "certificate_rate", Decimal(50), HUBEI),
    Example("longnan_certificates", "certificate_rate", Decimal(4), LONGNAN),
    Example("participation_13", "participation", Decimal(20), PLAN_13),
)


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work of which workers have so many at a time."""

    code: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling that a scheme names. It is in force nowhere until an office sets it."""

    code: str
    kind: str
    most: Decimal
    source: str
    sure: Sure
    beside: str | None = None
    beside_most: Decimal | None = None


WORK = (
    Work("households", "服务户数", "Households served", "户", "households"),
    Work("cases", "个案", "Cases", "件", "cases"),
    Work("investigations", "儿童保护调查个案", "Child-protection investigations", "件", "cases"),
    Work("families", "持续服务家庭", "Families in continuing service", "户", "families"),
    Work("foster", "寄养儿童", "Children in foster care", "人", "children"),
    Work("students", "学校服务学生", "Students of a school", "人", "students"),
    Work("intensive", "密集服务学生", "Students with intensive needs", "人", "students"),
    Work("supervised", "督导的工作者", "Workers under supervision", "人", "workers"),
)

CWLA, NASW = "CWLA", "NASW 2012"
CAPS = (
    Cap("cwla_investigations", "investigations", Decimal(12), CWLA, Sure.PRIMARY),
    Cap("cwla_families", "families", Decimal(17), CWLA, Sure.PRIMARY),
    Cap("cwla_combined", "families", Decimal(10), CWLA, Sure.PRIMARY, "investigations", Decimal(4)),
    Cap("cwla_foster", "foster", Decimal(15), CWLA, Sure.PRIMARY),
    Cap("cwla_supervisor", "supervised", Decimal(5), CWLA, Sure.PRIMARY),
    Cap("nasw_students", "students", Decimal(250), NASW, Sure.REMEMBERED),
    Cap("nasw_intensive", "intensive", Decimal(50), NASW, Sure.REMEMBERED),
)
