"""Who and what is in the demonstration: names, numbers and projects, all invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from stdnum.cn import ric

if TYPE_CHECKING:
    from random import Random

DISTRICT = ("清河区", "Qinghe District")
STREETS = (("桥东街道", "Qiaodong Street"), ("湖滨街道", "Hubin Street"), ("新村镇", "Xincun Town"))
COMMUNITIES = (
    ("春风社区", "Chunfeng Community"),
    ("梧桐社区", "Wutong Community"),
    ("石桥社区", "Shiqiao Community"),
    ("学苑社区", "Xueyuan Community"),
    ("湖光社区", "Huguang Community"),
    ("柳荫社区", "Liuyin Community"),
    ("荷塘社区", "Hetang Community"),
    ("望月社区", "Wangyue Community"),
    ("丰收社区", "Fengshou Community"),
    ("南园社区", "Nanyuan Community"),
    ("水磨社区", "Shuimo Community"),
    ("枣林社区", "Zaolin Community"),
)
STATION = ("桥东街道社工站", "Qiaodong Social-work Station")
PARTNER = ("清河区暖阳志愿服务中心", "Qinghe Sunshine Volunteer Centre")

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
    "叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段"
    "雷黎史龙陶贺顾毛郝龚邵万钱严武孔向汤单区仇解查"
)
# fmt: off
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋",
    "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平",
    "刚", "桂英", "建国", "志强", "秀英", "玉兰", "淑珍", "海燕", "文静", "雪梅",
    "国庆", "丽娟", "晓东", "春梅", "小红", "婷婷", "子涵", "浩然", "思远", "雨桐",
    "佳怡", "俊杰", "欣怡", "梓轩", "一诺", "嘉豪", "晨曦", "若曦", "建华", "建军",
    "红梅", "永强", "振华", "玉梅", "翠花", "金凤", "凤英", "宝珠", "长林", "德福",
    "庆丰", "守信", "安然", "乐山",
)
# fmt: on
RARE = ("欧阳明月", "阿依古丽·买买提", "陈𬬭", "赵䶮", "尉迟恭礼", "司徒雅文", "李㛃")

# code of the category, name, content, place, position, minimum age, risky
PROJECTS = (
    (
        "elderly",
        "为老送餐",
        "把午餐送到行动不便的老人家中，陪聊十分钟。",
        "食堂",
        "送餐员",
        16,
        False,
    ),
    (
        "elderly",
        "银龄陪诊",
        "陪同老人就医，帮忙挂号、取药、记医嘱。",
        "卫生服务站",
        "陪诊员",
        18,
        True,
    ),
    ("child", "四点半课堂", "放学后辅导小学生作业，带读绘本。", "活动室", "辅导员", 16, False),
    (
        "health",
        "健康义诊",
        "为居民量血压、测血糖，登记健康档案。",
        "党群服务中心",
        "引导员",
        16,
        False,
    ),
    ("culture", "周末读书会", "布置场地、签到、带领讨论。", "书屋", "主持人", 14, False),
    (
        "employment",
        "就业咨询日",
        "帮助求职居民填写简历、登记意向。",
        "党群服务中心",
        "咨询员",
        18,
        False,
    ),
    ("veterans", "老兵茶话会", "接待退役军人，整理口述历史。", "老兵之家", "记录员", 18, False),
    ("others", "河道巡护", "沿河巡查，捡拾垃圾，劝导野泳。", "清河河堤", "巡护员", 18, True),
    ("others", "垃圾分类指导", "在投放点引导居民正确分类。", "三号投放点", "督导员", 16, False),
    (
        "elderly",
        "手机课堂",
        "手把手教老人用手机挂号、缴费、视频。",
        "活动室",
        "助教",
        16,
        False,
    ),
)
SKILLS = (
    "烹饪",
    "急救",
    "书法",
    "英语",
    "摄影",
    "家电维修",
    "心理疏导",
    "无",
    "驾驶",
    "理发",
    "手语",
)


def names(random: Random, wanted: int) -> list[str]:
    """Different names; the rare ones first."""
    found = dict.fromkeys(RARE)
    while len(found) < wanted:
        found.setdefault(random.choice(SURNAMES) + random.choice(GIVEN))
    return list(found)


def birth_date(random: Random, today: date, *, youngest: int = 18, oldest: int = 74) -> date:
    """A day of birth for an age in whole years."""
    return today - timedelta(days=random.randint(youngest * 366, oldest * 365))


def resident_id(number: int, born: date, *, woman: bool) -> str:
    """A number with its check digit, of a division that stands for the whole district."""
    order = number % 500 * 2 + (0 if woman else 1)
    start = f"{130101 + number // 500:06d}{born:%Y%m%d}{order:03d}"
    return start + ric.calc_check_digit(start + "0")


def phone(number: int) -> str:
    """A mobile number that nobody has in the demonstration but this person."""
    return f"1380000{number:04d}"
