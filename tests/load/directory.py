"""What a search in the list of people costs with two thousand people on record and with 200 000.

A manager of the district sees all of them; a clerk sees the 700 of one community of three hundred.
"""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median

import bench

STREETS, COMMUNITIES, OURS = 20, 280, 700
TIMES = 30
# The commonest family names, each so many in a hundred (Ministry of Public Security, 2020).
SURNAMES = {
    "王": 7.2, "李": 7.2, "张": 6.8, "刘": 5.1, "陈": 4.6, "杨": 3.2, "黄": 2.3, "赵": 2.0,
    "吴": 2.0, "周": 1.9, "徐": 1.5, "孙": 1.4, "马": 1.4, "胡": 1.2, "朱": 1.2, "郭": 1.1,
    "何": 1.1, "罗": 1.0, "高": 1.0, "林": 1.0, "欧阳": 0.1, "单": 0.1, "曾": 0.5, "翟": 0.1,
}  # fmt: skip
OTHERS = "梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"  # noqa: E501
GIVEN = "秀英伟芳娜敏静丽强军洋勇艳杰超霞平桂兰玉梅建国志华"
NEEDLES = ("不存在的人", "xyzzy")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
PAGES = {
    "page: all": "/people/",
    "page: wang": "/people/?q=wang",
    "page: nobody": "/people/?q=xyzzy",
}


@cache
def _spelled(name):
    from talent.pinyin import keys, sort_key

    return sort_key(name), sorted(keys(name))


def _rows(people, now):
    """People one after the other, each with all that stands about him."""
    from talent.people.models import RegistrationState
    from talent.rules.identity import DocumentKind, Sex
    from talent.seal import blind_index

    chance = random.Random(5)
    surnames = [*SURNAMES, *OTHERS]
    share = (100 - sum(SURNAMES.values())) / len(OTHERS)
    weights = [*SURNAMES.values(), *[share] * len(OTHERS)]
    for number, surname in enumerate(chance.choices(surnames, weights, k=people), 1):
        name = surname + chance.choice(GIVEN) + chance.choice(["", *GIVEN])
        order, texts = _spelled(name)
        phone = None if number % 50 == 0 else f"+86138{number * 7919 % 10**8:08d}"
        community = 0 if number <= OURS else 1 + number % (COMMUNITIES - 1)
        office = 2 + STREETS + community
        at = now - timedelta(days=number % 3000)
        yield {
            "person": {
                "id": number, "name": name, "sort_key": order, "language": "zh",
                "volunteer_no": f"V{number:09d}", "birth_date": date(1940 + number % 75, 3, 4),
                "document_kind": DocumentKind.RESIDENT_ID, "document": f"1101051990{number:08d}",
                "document_index": blind_index("document:resident_id", f"1101051990{number:08d}"),
                "sex": Sex.FEMALE if number % 2 else Sex.MALE, "area": f"第{community}社区",
                "phone": phone, "phone_index": phone and blind_index("phone", phone),
                "phone_tail_index": phone and blind_index("phone-tail", phone[-4:]),
                "made_at": at, "changed_at": at,
            },
            "registration": {
                "person_id": number, "office_id": office, "applied_at": at, "decided_at": at,
                "state": RegistrationState.PAUSED if number % 40 == 0 else RegistrationState.ACTIVE,
            },
            "tie": {"person_id": number, "office_id": office},
            "keys": [
                {"person_id": number, "text": text, "head": text[0], "sort_key": order}
                for text in texts
            ],
            "categories": [{"person_id": number, "category_id": 1 + number % 5}],
            "skills": [{"person_id": number, "skill_id": 1 + number % 7}] * (number % 9 == 0),
        }  # fmt: skip


def fill(people, now):
    """So many people, in one transaction for every ten thousand."""
    from sqlalchemy import insert

    from talent.db import db, writing
    from talent.people.models import (
        NameKey,
        Person,
        Registration,
        Tie,
        person_category,
        person_skill,
    )

    rows = _rows(people, now)
    while some := [row for row, _ in zip(rows, range(10_000), strict=False)]:
        with writing():
            for table, name in ((Person, "person"), (Registration, "registration"), (Tie, "tie")):
                db.session.execute(insert(table), [row[name] for row in some])
            for table, name in (
                (NameKey, "keys"), (person_category, "categories"), (person_skill, "skills")
            ):  # fmt: skip
                db.session.execute(insert(table), [each for row in some for each in row[name]])


def offices(now):
    """The district, its streets and communities, kinds of service, skills, and who asks."""
    from sqlalchemy import func, select

    from talent.access import Role
    from talent.accounts.models import Account, Grant
    from talent.db import db, writing
    from talent.offices.models import Office, OfficeKind, ServiceCategory
    from talent.people.models import Skill

    with writing():
        db.session.add(Office(id=1, name_zh="东城区", kind=OfficeKind.DISTRICT, path="/1/"))
        db.session.flush()
        for number in range(STREETS):
            db.session.add(
                Office(
                    id=2 + number, name_zh=f"第{number}街道", kind=OfficeKind.STREET, parent_id=1,
                    path=f"/1/{2 + number}/",
                )
            )  # fmt: skip
        db.session.flush()
        for number in range(COMMUNITIES):
            office, street = 2 + STREETS + number, 2 + number % STREETS
            db.session.add(
                Office(
                    id=office, name_zh=f"第{number}社区", kind=OfficeKind.COMMUNITY,
                    parent_id=street, path=f"/1/{street}/{office}/",
                )
            )  # fmt: skip
        known = db.session.scalar(select(func.count()).select_from(ServiceCategory))
        for number in range(known, 5):
            db.session.add(ServiceCategory(code=f"bench{number}", name_zh=f"服务{number}"))
        db.session.add_all(Skill(id=1 + n, name_zh=f"技能{n}") for n in range(7))
        for number, (role, office) in enumerate(
            ((Role.MANAGER, 1), (Role.COORDINATOR, 2 + STREETS), (Role.COORDINATOR, 2)), 1
        ):
            db.session.add(Account(id=number, name=f"账号{number}", made_at=now))
            db.session.flush()
            db.session.add(Grant(account_id=number, office_id=office, role=role, granted_at=now))
    return {"district": 1, "street": 3, "community": 2}


def searches():
    """What is looked for, by its name."""
    return {
        "all, by pinyin": {},
        "all, the newest first": {"order": "new"},
        "王": {"q": "王"},
        "w": {"q": "w"},
        "wang": {"q": "wang"},
        "zhangwei": {"q": "zhangwei"},
        "wxl": {"q": "wxl"},
        "王秀英": {"q": "王秀英"},
        "nobody": {"q": NEEDLES[0]},
        "nobody, in pinyin": {"q": NEEDLES[1]},
        "last four of the phone": {"q": "7919"},
        "paused": {"state": "paused"},
        "active, a kind of service": {"state": "active", "category": "2"},
        "a skill, minors": {"skill": "3", "age": "minor"},
        "60 and older, wang": {"age": "older", "q": "wang"},
        "no phone": {"no_phone": "1"},
        "registered since a week": {"since": "2026-10-25"},
    }


def measured(whom, times=TIMES):
    """Milliseconds of each search of an account, the median of many."""
    from talent.access import Permission
    from talent.accounts.models import Account
    from talent.db import db
    from talent.directory import search
    from talent.directory.filters import wanted

    found = {}
    for name, words in searches().items():
        took = []
        for _ in range(times):
            actor = db.session.get(Account, whom).actor
            began = time.perf_counter()
            listed = search.listed(actor, Permission.SEE_PEOPLE, wanted(words), today=NOW.date())
            took.append((time.perf_counter() - began) * 1000)
            db.session.rollback()
        assert not (name.startswith("nobody") and listed.ids), name
        found[name] = round(median(took), 1)
    return found


def answered(site, whom, times=10):
    """Milliseconds of whole pages that are asked for over HTTP, the median of some."""
    found = {}
    for name, path in PAGES.items():
        took = sorted(site.ask(path, whom).took for _ in range(times))
        found[name] = round(median(took), 1)
    return found


def table(app, engine, sizes):
    """What is asked, and its milliseconds at each size for each who asks."""
    from talent.db import db

    columns = {}
    for people in sizes:
        began = time.perf_counter()
        if columns:
            empty()
        else:
            whom = offices(NOW)
        fill(people, NOW)
        if engine == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        took = time.perf_counter() - began
        print(f"{engine}: {people:,} people written in {took:.0f} s", flush=True)
        for name, account in whom.items():
            columns[name, people] = measured(account)
        with bench.gunicorn(app, 8751) as site:
            for name, account in whom.items():
                columns[name, people] |= answered(site, account)
    return columns


def empty():
    """Take the people away again."""
    from sqlalchemy import text

    from talent.db import db, writing

    with writing():
        for name in (
            "name_key", "person_category", "person_skill", "person_office", "registration", "person"
        ):  # fmt: skip
            db.session.execute(text(f"DELETE FROM {name}"))  # noqa: S608


def main():
    sizes = [int(size) for size in bench.asked().found.split(",")]
    engine = os.environ["TALENT_BENCH"]
    with bench.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])) as app:
        columns = table(app, engine, sizes)
    heads = sorted(columns)
    title = f"{engine}: the list of people, milliseconds (median of {TIMES})"
    rows = {name: [columns[head][name] for head in heads] for name in columns[heads[0]]}
    bench.keep(title, [{"name": name, "ms": values} for name, values in rows.items()])
    print(f"\n{title}")
    print(f"{'who asks, of so many people':30}" + "".join(f"{f'{n} {s:,}':>20}" for n, s in heads))
    for name, values in rows.items():
        print(f"{name:30}" + "".join(f"{value:>20}" for value in values))


if __name__ == "__main__":
    main()
