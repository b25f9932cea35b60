"""What an import of many rows costs: seconds to hand in, to look at, to take, and memory.

The worker's memory is that of this process, which holds no more than a piece of the rows.
"""

from __future__ import annotations

import os
import random
import resource
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import bench

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEADS = "姓名,性别,出生日期,证件类型,证件号码,联系电话,居住区域,专业技能,服务类别"
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马胡朱郭何林高罗", "伟芳娜秀英敏静丽强磊军洋艳勇杰涛超"
WEIGHTS, CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def number(serial):
    """A resident number that is right, another one for each serial."""
    born = date(1950, 1, 1) + timedelta(serial % 18_000)
    digits = f"110105{born:%Y%m%d}{serial // 18_000:03d}"
    return digits + CHECKS[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def file(rows):
    """A CSV of so many people; one in a hundred has a wrong number."""
    chance = random.Random(7)
    lines = [HEADS]
    for serial in range(rows):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        document = number(serial) if serial % 100 else "110105"
        lines.append(f"{name},,,,{document},13{serial:09d},第{serial % 300}社区,,为老")
    return "\n".join(lines).encode()


def workbook(content):
    """The same as a workbook."""
    from talent.sheets.flowing import flow_xlsx

    head, *lines = content.decode().split("\n")
    return b"".join(flow_xlsx("people", head.split(","), (line.split(",") for line in lines)))


def memory():
    """The most megabytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def office():
    """An office with a coordinator."""
    from talent.access import Role
    from talent.accounts.models import Account, Grant
    from talent.db import db, writing
    from talent.offices.models import Office, OfficeKind

    with writing():
        db.session.add(Office(id=1, name_zh="春风社区", kind=OfficeKind.COMMUNITY, path="/1/"))
        db.session.add(Account(id=1, name="导入", made_at=NOW))
        db.session.flush()
        db.session.add(Grant(account_id=1, office_id=1, role=Role.COORDINATOR, granted_at=NOW))


def imported(content, name):
    """Seconds of each step of one file."""
    from talent.accounts.models import Account
    from talent.db import db, writing
    from talent.intake import jobs, service
    from talent.intake.models import Intake, IntakeKind, Way
    from talent.offices.models import Office

    took, began = {}, time.perf_counter()
    with writing():
        actor = db.session.get_one(Account, 1).actor
        here = db.session.get_one(Office, 1)
        intake = service.hand_in(
            here, IntakeKind.PEOPLE, Way.BOTH, name=name, content=content, actor=actor, now=NOW
        )
        which = intake.id
    took["hand in"] = time.perf_counter() - began
    began = time.perf_counter()
    jobs.work(NOW)
    took["look at the rows"] = time.perf_counter() - began
    with writing():
        intake = db.session.get_one(Intake, which)
        found = service.counts(intake)
        if any(state.value in {"take", "update"} for state in found):
            service.confirm(intake, intake.version, {}, actor=actor, now=NOW)
    began = time.perf_counter()
    jobs.work(NOW)
    took["take them"] = time.perf_counter() - began
    told = {
        state.value: n for state, n in service.counts(db.session.get_one(Intake, which)).items()
    }
    return took, told


def main():
    rows = bench.asked().rows
    engine = os.environ["TALENT_BENCH"]
    with bench.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])):
        office()
        content, before = file(rows), memory()
        table = []
        for name, bytes_ in (("people.csv", content), ("people.xlsx", workbook(content))):
            took, told = imported(bytes_, name)
            table.append({"name": name, "ms": [round(s * 1000) for s in took.values()]})
            print(f"{engine}: {name}, {rows:,} rows: ", end="")
            print(", ".join(f"{step} {seconds:.1f} s" for step, seconds in took.items()), told)
        print(f"{engine}: {memory()} MB at most, {before} MB before")
    bench.keep(f"{engine}: an import of {rows:,} rows (milliseconds)", table)


if __name__ == "__main__":
    main()
