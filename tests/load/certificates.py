"""How fast certificates are printed on one process, unsigned and signed, and how large they are."""

from __future__ import annotations

import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import bench

TIMES, LINES = 200, 500
LEAST = {"unsigned": 60, "signed": 20}  # a second, in a quiet run
LONGEST, LARGEST = 0.5, 150  # seconds for all those lines, kB a page
ACTIVITIES = (
    ("周末菜园", "整理阳台菜园，浇水、除草，教孩子们认识蔬菜", "晨光路18号屋顶花园"),
    ("陪诊", "陪同独居老人就医，取药并送回家", "区人民医院"),
    ("为老送餐", "给行动不便的老人送午餐", "社区食堂"),
    ("图书角", "整理图书、登记借还", "社区活动室"),
)


def line(number):
    activity, content, place = ACTIVITIES[number % 4]
    return {
        "record": number,
        "date": (date(2026, 1, 1) + timedelta(number % 180)).isoformat(),
        "activity": activity,
        "place": place,
        "content": content,
        "minutes": 50 + number % 4 * 30,
        "organiser": "晨光社区居民委员会",
        "in_charge": "李娜",
        "source": "attendance" if number % 3 else "hand",
        "verified": bool(number % 3),
    }


def content(number, lines, **keys):
    """A frozen content, as issuing makes it; each with another name."""
    rows = [line(number * lines + each) for each in range(lines)]
    minutes = sum(row["minutes"] for row in rows)
    unit = {
        "name_zh": "晨光社区居民委员会",
        "name_en": "Chenguang Residents' Committee",
        "credit_code": "91110105MA01ABCD0X",
    }
    return {
        "number": f"ZM2026-7K3M-9QXW-{number:05d}",
        "issued_on": "2026-07-01",
        "language": "zh",
        "person": {
            "name": f"王{chr(0x4E00 + number * 7)}{chr(0x5E00 + number * 3)}",
            "document": "110105********002X",
            "volunteer_number": None,
        },
        "period": {"first": "2026-01-01", "last": "2026-06-30"},
        "groups": [{**unit, "unit": 1, "total_minutes": minutes, "lines": rows, "seal": None}],
        "total_minutes": minutes,
        "issuer": {**unit, "contact": "010-8888 1234"},
        "handler": "王芳",
        "verify_url": f"https://talent.example.org/verify/ZM2026-7K3M-9QXW-{number:05d}",
        "national_system": "not_entered",
        **keys,
    }


def keys_of_an_office():
    """An office with keys, as the first certificate that it issues makes them."""
    from talent import clock
    from talent.access import SYSTEM
    from talent.certificates.keys import service
    from talent.db import db, writing
    from talent.offices.models import Office, OfficeKind

    with writing():
        office = Office(name_zh="晨光社区", kind=OfficeKind.COMMUNITY, path="/1/")
        db.session.add(office)
        db.session.flush()
        return service.frozen([office.id], actor=SYSTEM, now=clock.now())


def a_second(act, things):
    """How many a second, after one that warms up; and what they became."""
    act(things[0])
    began = time.perf_counter()
    made = [act(each) for each in things[1:]]
    return (len(things) - 1) / (time.perf_counter() - began), made


def pages_of(pdf):
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def measured():
    from talent.certificates import paper, pdf

    named = keys_of_an_office()
    unsigned, plain = a_second(pdf.render, [content(each, 8) for each in range(TIMES)])
    bound = [content(each, 8, **named) for each in range(TIMES)]
    pictures = paper.load(bound)
    signed, carried = a_second(lambda one: paper.printed(one, pictures), bound)
    # Each another one: what was set once is remembered, and says nothing of the next.
    rate, (many, *_) = a_second(pdf.render, [content(each, LINES) for each in range(5)])
    seconds = 1 / rate
    sizes = [len(one) / 1000 / pages_of(one) for one in (plain[0], carried[0], many)]
    return {
        "name": "certificates, one process",
        "unsigned": round(unsigned, 1),
        "signed": round(signed, 1),
        "seconds_of_500_lines": round(seconds, 2),
        "kB_a_page": round(max(sizes), 1),
    }


def main():
    if os.environ["TALENT_BENCH"] != "sqlite":
        return  # no database takes part in printing: once is enough
    with bench.serving("", Path(os.environ["BENCH_HOME"])):
        row = measured()
    title = "certificates"
    last = {one["name"]: one for one in bench.keep(title, [row])}.get(row["name"], {})
    print(f"\n{title}: 8 lines each, one process")
    for name, unit, bar in (
        ("unsigned", "a second", f"at least {LEAST['unsigned']} in a quiet run"),
        ("signed", "a second", f"at least {LEAST['signed']} in a quiet run"),
        ("seconds_of_500_lines", "s for 500 lines", f"at most {LONGEST} in a quiet run"),
        ("kB_a_page", "kB a page", f"at most {LARGEST}"),
    ):
        print(f"{name:24} {row[name]:>7} {unit:18} {bar:32} last {last.get(name, '')}")
    if row["kB_a_page"] > LARGEST:
        sys.exit("a page is too large")


if __name__ == "__main__":
    main()
