"""The kinds of credentials that ship, each with its source and how sure it is.

What stands here an administrator changes on the page of the kind; the seed leaves that alone.
"""

from __future__ import annotations

from typing import Any

from talent.rules.social_workers import (
    NEED,
    REGISTERED_MONTHS,
    SENIOR_EXAM_MONTHS,
    WINDOW_MONTHS,
    Grade,
)
from talent.rules.sources import Sure

YEARLY = 12
REGISTRATION = "social_work_registration"
_MINUTE = 60  # seconds
_CONTINUING = "民政部继续教育办法：登记周期内{}累计不得少于{}小时；职业水平证书本身不失效"


def _grade(grade: Grade, *, zh: str, en: str, title: str) -> dict[str, Any]:
    minutes = int(NEED[grade].total_seconds()) // _MINUTE
    return {
        "code": "senior_social_worker" if grade is Grade.SENIOR else _code(grade),
        "name_zh": zh,
        "name_en": en,
        "lapses": False,
        "professional": True,
        "grade": grade,
        "evidence": True,
        "learning_minutes": minutes,
        "source": _CONTINUING.format(title, minutes // 60),
        "sure": Sure.OFFICIAL,
    }


def _code(grade: Grade) -> str:
    return "assistant_social_worker" if grade is Grade.ASSISTANT else "social_worker"


KINDS: tuple[dict[str, Any], ...] = (
    _grade(
        Grade.ASSISTANT,
        zh="助理社会工作师职业水平证书",
        en="Assistant social worker certificate",
        title="助理社会工作师",
    ),
    _grade(
        Grade.SOCIAL_WORKER,
        zh="社会工作师职业水平证书",
        en="Social worker certificate",
        title="社会工作师",
    ),
    _grade(
        Grade.SENIOR,
        zh="高级社会工作师职业资格证书",
        en="Senior social worker certificate",
        title="高级社会工作师",
    ),
    {
        "code": "senior_exam_pass",
        "name_zh": "高级社会工作师考试成绩合格证明",
        "name_en": "Pass of the senior social worker examination",
        "months": SENIOR_EXAM_MONTHS,
        "evidence": True,
        "renewal_zh": "有效期内参加评审；评审通过后才取得高级社会工作师资格。",
        "renewal_en": "Take part in the review within its time; only the review gives the title.",
        "source": "高级社会工作师评价办法：考试合格证明在全国范围3年内有效，取得资格须经评审",
        "sure": Sure.OFFICIAL,
    },
    {
        "code": REGISTRATION,
        "name_zh": "社会工作者职业水平证书登记",
        "name_en": "Registration as a social worker",
        "registered": True,
        "months": REGISTERED_MONTHS,
        "renew_months": WINDOW_MONTHS,
        "renewal_zh": "登记周期内完成继续教育学时，在有效期满前3个月内申请再次登记。",
        "renewal_en": (
            "Complete the hours of continuing education within the term, and apply for"
            " re-registration within the last three months of it."
        ),
        "source": "社会工作者职业水平证书登记办法：登记有效期3年，有效期满前3个月内再次登记",
        "sure": Sure.OFFICIAL,
    },
    {
        "code": "first_aid",
        "name_zh": "救护员证",
        "name_en": "First aid certificate",
        "source": "有效期以证书所载为准，各发证机构不同",
        "sure": Sure.REMEMBERED,
    },
    {
        "code": "food",
        "name_zh": "食品从业人员健康证明",
        "name_en": "Health certificate for food handling",
        "months": YEARLY,
        "evidence": True,
        "source": "食品安全法第四十五条：每年进行健康检查，取得健康证明",
        "sure": Sure.REMEMBERED,
    },
    {
        "code": "driving",
        "name_zh": "机动车驾驶证",
        "name_en": "Driving licence",
        "classes": ["A1", "A2", "A3", "B1", "B2", "C1", "C2", "D", "E"],
        "number_mask": "9{12}",
        "number_example": "110012345678",
        "source": "驾驶证档案编号12位；证号与身份证号相同，故不在此登记",
        "sure": Sure.REMEMBERED,
    },
    {
        "code": "child_safety",
        "name_zh": "接触未成年人从业查询证明",
        "name_en": "Child-safety check",
        "months": YEARLY,
        "recheck_months": YEARLY,
        "is_check": True,
        "renewal_zh": "录用前查询一次，以后每年定期查询一次。",
        "renewal_en": "Asked before somebody begins, and again each year.",
        "source": "未成年人保护法第六十二条；该条针对工作人员，志愿者参照执行属良好做法",
        "sure": Sure.PRIMARY,
    },
    {
        "code": "insurance",
        "name_zh": "人身意外伤害保险",
        "name_en": "Personal accident insurance",
        "evidence": True,
        "source": "志愿服务条例第十七条：安排可能发生人身危险的活动前应当购买保险；期限以保单为准",
        "sure": Sure.PRIMARY,
    },
)
