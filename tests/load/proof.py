"""What `flask fsck` costs where every record has its entry in a chain that holds, and where none.

The entries are written past the application, with the digests that it would have written.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import bench
import seed

AT_ONCE = 20_000


def chained():
    """An entry of each record, in the order of the records, and the end of each office's chain."""
    from sqlalchemy import insert, select

    from talent.db import db
    from talent.hours import ledger
    from talent.hours.models import EntryKind, LedgerChain, LedgerEntry, OfficeTally, ServiceRecord
    from talent.rules import chain

    names = ("person_id", "office_id", "category_id", "day", "minutes", "origin", "made_at")
    query = select(ServiceRecord.id, *(getattr(ServiceRecord, name) for name in names))
    ends, sums, rows = {}, {}, []
    for record, *said in db.session.execute(query.order_by(ServiceRecord.id)).all():
        told = dict(zip(names, said, strict=True))
        at = told.pop("made_at")
        place, before = ends.get(told["office_id"], (0, chain.BEGINNING))
        entry = told | {
            "record_id": record, "kind": EntryKind.EARNED, "recognised": told["minutes"],
            "reason": None, "evidence": None, "account_id": None, "at": at,
            "place": place + 1,
        }  # fmt: skip
        digest = chain.digest(before, ledger.facts(SimpleNamespace(**entry)))
        ends[told["office_id"]] = (place + 1, digest)
        key = (told["office_id"], told["category_id"], told["day"].year)
        sums[key] = sums.get(key, 0) + told["minutes"]
        rows.append(entry | {"digest": digest})
        if len(rows) == AT_ONCE:
            db.session.execute(insert(LedgerEntry), rows)
            rows = []
    if rows:
        db.session.execute(insert(LedgerEntry), rows)
    heads = [{"office_id": o, "length": n, "digest": end} for o, (n, end) in ends.items()]
    db.session.execute(insert(LedgerChain), heads)
    of_office = [
        {"office_id": o, "category_id": c, "year": y, "minutes": m, "verified": m, "recognised": m}
        for (o, c, y), m in sums.items()
    ]
    db.session.execute(insert(OfficeTally), of_office)


def asked():
    """Seconds, the most megabytes that it held, what it found wrong with hours and their chains.

    People whom the bench drew by lot have places at one time: that is found, and no matter here.
    """
    began = time.perf_counter()
    out = Path(os.environ["BENCH_HOME"]) / "fsck.json"
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "fsck", "--json"]
    with out.open("w") as said:
        child = subprocess.Popen(command, cwd=bench.ROOT, stdout=said)
        most = 0  # what the system says of a child that has ended counts its parent in
        while not os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{child.pid}/status").read_text()
                most = max([most, *map(int, re.findall(r"VmHWM:\s+(\d+)", status))])
            time.sleep(0.05)
        used = os.wait4(child.pid, 0)[2]
    took, found = time.perf_counter() - began, json.loads(out.read_text())
    for check in sorted(found, key=lambda check: -check["seconds"])[:6]:
        print(f"{check['seconds']:8.1f} s {check['check']} {check['holds']}", flush=True)
    return {
        "seconds": round(took, 1), "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "most_MB": most // 1024,
        "faults": sum(check["faults"] for check in found if check["check"] in {"I6", "I7"}),
    }  # fmt: skip


def main():
    given, engine = bench.asked(), os.environ["TALENT_BENCH"]
    with bench.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])):
        from sqlalchemy import text

        from talent.db import db, writing

        size = {"people": given.people, "shifts": given.shifts, "signups": given.signups}
        seed.fill(datetime.now(UTC), **size, records=given.records)
        with writing():
            chained()
        seed.looked_through()
        rows = [{"name": "every record in its chain"} | asked()]
        with writing():
            db.session.execute(text("UPDATE service_record SET minutes = minutes + 1"))
        seed.looked_through()
        rows.append({"name": "every record differs"} | asked())
    wrong = [row["faults"] for row in rows]
    if wrong != [0, given.records]:
        sys.exit(f"fsck found {wrong}")
    bench.keep(f"{engine}: fsck of {given.records:,} records", rows)
    for row in rows:
        print(engine, row, flush=True)


if __name__ == "__main__":
    main()
