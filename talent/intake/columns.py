"""The fields of each kind of file, and the headings by which they go, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.access import Permission
from talent.intake.models import IntakeKind
from talent.rules.reason import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_PERSON: dict[str, Sequence[str]] = {
    "name": ("姓名", "志愿者姓名", "真实姓名", "Name"),
    "number": ("志愿者编号", "志愿者号", "编号", "Volunteer number"),
    "kind": ("证件类型", "证件种类", "证件类别", "Kind of document"),
    "document": (
        *("身份证号码", "身份证号", "身份证件号码", "公民身份号码", "证件号码", "证件号"),
        *("身份证", "Number of the document"),
    ),
    "born": ("出生日期", "出生年月日", "出生年月", "生日", "Birth date", "Date of birth"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话", "联系方式", "Phone"),
}
COLUMNS: dict[IntakeKind, dict[str, Sequence[str]]] = {
    IntakeKind.PEOPLE: {
        **_PERSON,
        "sex": ("性别", "Sex", "Gender"),
        "email": ("电子邮箱", "邮箱", "电子邮件", "E-mail", "Email", "Mail address"),
        "area": (
            *("居住区域", "居住地址", "现居住地", "住址", "家庭住址", "地址"),
            "Area of residence",
        ),
        "skills": ("专业技能", "技能特长", "特长", "技能", "Skills"),
        "categories": ("服务类别", "服务类型", "服务意向", "志愿服务类别", "Kinds of service"),
        "guardian_name": ("监护人姓名", "监护人", "Name of the guardian"),
        "guardian_document": (
            *("监护人证件号码", "监护人身份证号码", "监护人身份证号", "监护人证件"),
            "Number of the guardian's document",
        ),
        "guardian_phone": (
            *("监护人电话", "监护人联系方式", "监护人联系电话"),
            "Phone of the guardian",
        ),
        "guardian_relation": ("与监护人关系", "监护人关系", "Relation of the guardian"),
        "household": ("户号", "户编号", "家庭编号", "Number of the household"),
        "head": ("户主", "户主姓名", "Head of the household"),
        "relation": ("与户主关系", "与户主的关系", "Relation to the head"),
    },
    IntakeKind.TRAINING: {
        **_PERSON,
        "title": ("培训名称", "课程名称", "培训课程", "Name of the training"),
        "content": ("培训内容", "内容", "Content"),
        "held_on": ("培训日期", "培训时间", "日期", "Day"),
        "minutes": ("培训分钟", "分钟", "Minutes"),
        "hours": ("培训时长", "培训学时", "学时", "时长", "小时", "Hours"),
        "organiser": ("培训组织者", "培训单位", "组织者", "组织单位", "主办单位", "Organiser"),
        "until": ("有效期至", "有效期", "Valid until"),
    },
    IntakeKind.CREDENTIALS: {
        **_PERSON,
        "credential": (
            *("证书名称", "资质名称", "资格名称", "证书种类", "资质种类"),
            "Kind of credential",
        ),
        "paper": ("证书编号", "证书号码", "证书号", "资质编号", "Number of the credential"),
        "issuer": ("发证机关", "发证机构", "颁发机构", "Issuer"),
        "issued_on": ("发证日期", "颁发日期", "取得日期", "Issued on"),
        "until": ("有效期至", "有效期", "Valid until"),
        "classes": ("准驾车型", "等级", "Classes"),
    },
    IntakeKind.HOURS: {
        **_PERSON,
        "day": ("服务日期", "活动日期", "日期", "Day"),
        "starts": ("开始时间", "起始时间", "From"),
        "ends": ("结束时间", "截止时间", "To"),
        "minutes": ("服务分钟", "分钟", "Minutes"),
        "hours": ("服务时长", "时长", "小时", "小时数", "Hours"),
        "activity": ("活动名称", "项目名称", "服务项目", "Activity"),
        "content": ("服务内容", "活动内容", "内容", "Content of the service"),
        "place": ("服务地点", "活动地点", "地点", "Place"),
        "organiser": ("组织单位", "主办单位", "组织者", "Organiser"),
        "in_charge": ("负责人", "活动负责人", "联系人", "Person in charge"),
        "category": ("服务类别", "服务类型", "Kind of service"),
        "evidence": ("证明材料", "证明", "依据", "Evidence"),
    },
}
# What the fields are called where they are chosen by hand.
LABELS = {
    "name": N_("Name"),
    "number": N_("Volunteer number"),
    "kind": N_("Kind of document"),
    "document": N_("Number of the document"),
    "born": N_("Birth date"),
    "phone": N_("Phone"),
    "sex": N_("Sex"),
    "email": N_("Mail address"),
    "area": N_("Area of residence"),
    "skills": N_("Skills"),
    "categories": N_("Kinds of service"),
    "guardian_name": N_("Name of the guardian"),
    "guardian_document": N_("Number of the guardian's document"),
    "guardian_phone": N_("Phone of the guardian"),
    "guardian_relation": N_("Relation of the guardian"),
    "household": N_("Number of the household"),
    "head": N_("Head of the household"),
    "relation": N_("Relation to the head"),
    "title": N_("Name of the training"),
    "content": N_("Content"),
    "held_on": N_("Day"),
    "minutes": N_("Minutes"),
    "hours": N_("Hours"),
    "organiser": N_("Organiser"),
    "until": N_("Valid until"),
    "credential": N_("Kind of credential"),
    "paper": N_("Number of the credential"),
    "issuer": N_("Issuer"),
    "issued_on": N_("Issued on"),
    "classes": N_("Classes"),
    "day": N_("Day"),
    "starts": N_("From"),
    "ends": N_("To"),
    "activity": N_("Activity"),
    "place": N_("Place"),
    "in_charge": N_("Person in charge"),
    "category": N_("Kind of service"),
    "evidence": N_("Evidence"),
}
# Of each group at least one column is there, or nothing can be read.
_WHO = (("name",), ("document", "number", "phone"))
NEEDED: Mapping[IntakeKind, Sequence[Collection[str]]] = {
    IntakeKind.PEOPLE: _WHO,
    IntakeKind.TRAINING: (*_WHO, ("title",), ("held_on",), ("minutes", "hours")),
    IntakeKind.CREDENTIALS: (*_WHO, ("credential",), ("issued_on",)),
    IntakeKind.HOURS: (*_WHO, ("day",), ("starts", "minutes", "hours"), ("activity",)),
}
PERMISSIONS = {
    IntakeKind.PEOPLE: Permission.EDIT_PEOPLE,
    IntakeKind.TRAINING: Permission.EDIT_TRAINING,
    IntakeKind.CREDENTIALS: Permission.EDIT_TRAINING,
    IntakeKind.HOURS: Permission.ENTER_HOURS,
}


def missing(kind: IntakeKind, fields: Collection[str]) -> list[str]:
    """The first field of each group of which no column is there."""
    return [group[0] for group in map(list, NEEDED[kind]) if not set(group) & set(fields)]
