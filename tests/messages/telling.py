"""One message of each kind, as features tell it, and what became of it."""

from __future__ import annotations

import make

from talent.db import db, writing
from talent.messages import service
from talent.messages.models import Message, MessageKind

RESET = MessageKind.PASSWORD_RESET
CORRECTED = MessageKind.HOURS_CORRECTED
LAPSES = MessageKind.CREDENTIAL_LAPSES
SESSION = {
    "course": {"name_zh": "心肺复苏", "name_en": "First aid"},
    "starts_at": "2026-06-05T01:00:00+00:00",
    "ends_at": "2026-06-05T04:00:00+00:00",
    "zone": "Asia/Shanghai",
    "where": "二楼教室",
    "path": "/training/mine",
}
SHIFT = {
    "project": {"name_zh": "长者食堂送餐", "name_en": "Meals for neighbours"},
    "position": {"name_zh": "送餐员", "name_en": "Meal carrier"},
    "starts_at": "2026-06-05T01:00:00+00:00",
    "ends_at": "2026-06-05T04:00:00+00:00",
    "zone": "Asia/Shanghai",
    "where": "社区食堂",
    "bring": None,
    "note": None,
    "path": "/shifts/7",
}
_ASKED = {
    "who": "王*", "words": "拜托了", "wanted": {"name_zh": "陪诊", "name_en": "To the doctor"},
}  # fmt: skip
HANDED_ON = {
    MessageKind.HANDOVER_ASKED: _ASKED,
    MessageKind.HANDOVER_OPEN: _ASKED,
    MessageKind.HANDOVER_ANSWERED: {"who": "王*", "outcome": "refused", "reason": "当天有培训"},
    MessageKind.HANDOVER_WAITS: {"who": "王秀兰", "to": "李建国"},
    MessageKind.LATE_CANCEL: {"who": "王秀兰", "reason": "孩子发烧", "searching": True},
    MessageKind.SUBSTITUTE_WANTED: {"answer_by_at": "2026-06-04T04:00:00+00:00"},
    MessageKind.SEARCH_ENDED: {"ended": "nobody"},
}
_REQUEST = {
    "name": "Maria Chen",
    "activity": "敬老院陪伴",
    "state": "Declined",
    "words": "签到表是一小时",
    "due_on": "2026-06-15",
    "path": "/hours/doubts/7",
}
_STAR = {
    "level": {"name_zh": "一星级志愿者", "name_en": "One-star volunteer"},
    "path": "/recognition/",
}
_DRAFT = {
    "draft": "调整方案",
    "unit": {"name_zh": "东湖街道", "name_en": "East Lake"},
    "speaker": "区主管",
    "words": "依据不足",
    "path": "/staffing/drafts/7",
}
FACTS = {
    MessageKind.AGREEMENT_RENEWED: {
        "of": {"name_zh": "东湖街道", "name_en": "East Lake"},
        "path": "/people/agreements/2",
    },
    MessageKind.DRAFT_SHARED: _DRAFT | {"event": "shared"},
    MessageKind.DRAFT_ANSWERED: _DRAFT | {"event": "sent_back"},
    MessageKind.STAR_GRANTED: _STAR | {"number": "XJ2026-7K3M-9QXW-2DTHB"},
    MessageKind.STAR_REFUSED: _STAR | {"reason": "材料不全"},
    MessageKind.STAR_WITHDRAWN: _STAR | {"reason": "查实为虚假记录"},
    CORRECTED: {
        "activity": "敬老院陪伴",
        "day": "2026-05-20",
        "old_minutes": 120,
        "new_minutes": 90,
        "reason": "提前离开",
        "path": "/hours/7",
    },
    LAPSES: {
        "credential": {"name_zh": "急救证", "name_en": "First aid"},
        "until_on": "2026-07-01",
        "path": "/training/mine",
    },
    RESET: {"until_at": "2026-06-01T02:00:00+00:00", "path": "/accounts/reset/"},
    MessageKind.CLAIM: {
        "asked_by": "小王",
        "until_at": "2026-06-08T02:00:00+00:00",
        "path": "/people/claims/3/letters/",
    },
    MessageKind.REGISTRATION_DECIDED: {
        "accepted": False,
        "reason": "请补充电话",
        "volunteer_no": "V0000001",
        "path": "/people/me",
    },
    MessageKind.REGISTRATION_LAPSES: {
        "until_on": "2026-08-01",
        "opens_on": "2026-05-01",
        "missing_minutes": 600,
        "path": "/training/mine",
    },
    MessageKind.LOGIN_CHANGED: {"changed_at": "2026-06-01T01:00:00+00:00", "path": "/account/"},
    MessageKind.SESSION_CHANGED: SESSION,
    MessageKind.SESSION_PROMOTED: SESSION,
    MessageKind.SESSION_REMINDER: SESSION,
    MessageKind.SESSION_CANCELLED: SESSION,
    **{kind: SHIFT | more for kind, more in HANDED_ON.items()},
    MessageKind.RECORDS_OVERDUE: {"count": 3, "path": "/hours/review/overdue"},
    MessageKind.CORRECTION_WAITS: _REQUEST | {"event": "appealed"},
    MessageKind.CORRECTION_MOVED: _REQUEST | {"event": "answered"},
    MessageKind.LIST_OPEN: {
        "rung": "office",
        "activity": "Meals",
        "starts_at": "2026-05-29T01:00:00+00:00",
        "missing": 2,
        "path": "/shifts/7/roster",
    },
    MessageKind.LEFT_LYING: {
        "offices": 2,
        "records": 3,
        "requests": 1,
        "lists": 4,
        "path": "/hours/review/lying",
    },
    MessageKind.LEDGER_FAULTS: {"count": 2, "path": "/hours/ledger/3"},
    MessageKind.CREDENTIAL_LAPSED: {
        "credential": {"name_zh": "急救证", "name_en": "First aid"},
        "whose": "王秀兰",
        "until_on": "2026-05-31",
        "path": "/renewals/?lapsed=1",
    },
    MessageKind.LAPSES_DIGEST: {"count": 7, "soon": 2, "waiting": 3, "path": "/renewals/"},
    MessageKind.PAPER_REFUSED: {
        "what": {"name_zh": "急救证", "name_en": "First aid"},
        "why": "照片不清楚",
        "path": "/training/mine",
    },
}


def told(person, kind=CORRECTED, once="1", now=make.NOW, **more):
    with writing():
        return service.tell(kind, once=once, now=now, person=person, facts=FACTS[kind], **more)


def state(number):
    db.session.rollback()
    message = db.session.get(Message, number, populate_existing=True)
    return message.state, message.trouble
