"""Attack Talent as it is served, on this machine and without a network: `make attack`.

Each tool has to find the holes of a canary first, or its silence about Talent says nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import by_hand
import described
import scanners
import served
from by_hand import TALENT
from crawl import Found, crawl, door_of, made_up, rules
from holes import attack_canary
from probes import as_findings, hammered, probes
from reached import Watch, of_doors, open_to, plain_doors, told_faults
from report import OUT, Report, tell
from scanners import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from served import Site

sys.path.insert(0, str(served.ROOT / "tests"))
from run import postgresql  # the server of the suite

ROLES = {
    "volunteer": "volunteer@demo.example",
    "coordinator": "office@demo.example",
    "administrator": "admin@demo.example",
}
WHO_COME = ("stranger", *ROLES)
TOOLS = ("by-hand", "wapiti", "sqlmap", "schemathesis")
PART = {"stranger": 0.12, "volunteer": 0.18, "coordinator": 0.35, "administrator": 0.35}
JSON_AS = {
    "stranger": "not_a_server_error,ignored_auth",
    "coordinator": "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance",
}
BEGIN = ["/", "/verify", "/people/notices", "/privacy/kept", "/account/sign-up", "/account/forgot"]


def attack_talent(report: Report, listener: int, home: Path, asked, database: str | None) -> None:
    """The app, as a stranger and as each of three roles."""
    doors = rules()
    with served.talent(OUT, home, database) as site:
        seen: dict[str, tuple[str, Found]] = {}
        logins = {"stranger": "", **ROLES}
        for role in asked.roles:
            login = logins[role]
            visitor = served.Visitor(site)
            if login and visitor.sign_in(login, TALENT.password).status != 303:
                sys.exit(f"{login} does not come in")
            visitor.cookies |= {"lang": "en"}
            until = time.monotonic() + report.share(0.12)
            begin = [*BEGIN, *plain_doors(doors)]
            report.do(site, f"crawl as {role}", partial(
                _crawl, report, seen, role, visitor, doors, begin, until))  # fmt: skip
        if "by-hand" in asked.only:
            probed(report, site, probes(site, TALENT))
            two = {"two meanings": by_hand.two_meanings, "TRACE": by_hand.traces}
            probed(report, site, {name: partial(p, site, TALENT) for name, p in two.items()})
        places = scanners.Places()
        for role, (cookie, found) in seen.items():
            with_all = (site, role, cookie, found, doors)
            if "wapiti" in asked.only:
                wapiti_as(report, *with_all, listener, for_wapiti(report, role, asked))
            if "sqlmap" in asked.only:
                sqlmap_as(report, *with_all, "postgresql" if database else "sqlite", places)
            if "schemathesis" in asked.only:
                schemathesis_as(report, *with_all)
        if "by-hand" in asked.only:
            probed(report, site, hammered(site, TALENT))
        watch = Watch(site, anew=False)
        faults, told = watch.faults(), told_faults(site.said.read_text(errors="replace"))
        report.notes["faults"] = f"{told} told, {len(faults)} answered, {watch.busy()} times busy"
        faults += [f"{told} times"] if told else []
        report.do(site, "faults in its log", lambda: [Finding("log", "fault", e) for e in faults])


def probed(report: Report, site: Site, probes: dict[str, Callable[[], Iterable[str]]]) -> None:
    """What we ask ourselves, one after the other."""
    for name, probe in probes.items():
        report.do(site, name, lambda n=name, p=probe: as_findings(n, p()))


def _crawl(report, seen, role, visitor, doors, begin, until) -> list[Finding]:
    found = crawl(visitor, doors, begin, until)
    report.notes[f"pages as {role}"] = (
        f"{len(found.pages)} addresses, {of_doors(role, doors, found.pages)}, "
        f"{len(found.forms)} forms"
    )
    seen[role] = (visitor.cookie, found)
    return [Finding("crawl", "fault", each) for each in found.faults]


def for_wapiti(report: Report, role: str, asked) -> float:
    """Seconds: of what is left to it the part of this role and of those that still come."""
    left = report.share(0.6 if asked.only != ["wapiti"] else 0.95) - report.took("wapiti as")
    ahead = asked.roles[list(asked.roles).index(role) :]
    return max(60.0, left * PART[role] / sum(PART[each] for each in ahead))


def wapiti_as(report, site, role, cookie, found, doors, listener, seconds) -> None:
    """From an address of each door that is open to a role, wherever links lead or not."""
    named, asked = doors.bind("127.0.0.1"), sorted(found.asked())
    pages = sorted(page for page, status in found.pages.items() if status < 400)
    first = {door_of(named, each): each for each in pages + asked}
    starts = list(dict.fromkeys([*first.values(), *asked]))
    starts += made_up(doors, found, open_to(role, doors) - set(first))
    random.Random(len(role)).shuffle(starts)
    watch = Watch(site)

    def scan() -> list[Finding]:
        scanned = scanners.wapiti(site, role, OUT, cookie, starts, seconds, listener)
        came, answered = watch.paths(), watch.paths(answered=True)
        report.notes[f"wapiti as {role}"] = (
            f"{of_doors(role, doors, came)}, {of_doors(role, doors, answered)} with a page, "
            f"{len(found.forms)} forms, {watch.many()} requests, {scanned}"
        )
        out = role != "stranger" and visitor_of(site, cookie).ask("/account/").status != 200
        return scanned.found + [Finding("wapiti", "its session ended", role)] * out

    report.do(site, f"wapiti as {role}", scan)


def visitor_of(site: Site, cookie: str) -> served.Visitor:
    """Whoever has these cookies."""
    return served.Visitor(site, dict(pair.split("=", 1) for pair in cookie.split("; ")))


def sqlmap_as(report, site, role, cookie, found, doors, dbms, places) -> None:
    """What can be altered in addresses and forms, and nobody tried before."""
    named, asked = doors.bind("127.0.0.1"), []
    for address in sorted(found.asked()):
        place = urlsplit(address)
        fields = parse_qsl(place.query, keep_blank_values=True)
        asked.append(places.marked(door_of(named, address), "GET", place.path, fields))
    for form in found.posted():
        if role == "stranger" or not form.action.startswith("/account"):
            door = door_of(named, form.action, "POST")
            path = urlsplit(form.action).path
            asked.append(places.marked(door, "POST", path, form.fields))
    asked = [each for each in asked if each.marks]
    random.Random(len(role)).shuffle(asked)

    many = sum(each.marks for each in asked)

    def run() -> list[Finding]:
        # Some five seconds for each: alone it needs two, more where passwords are hashed.
        time = max(report.share(0.05), report.share(0.002 * many))
        done = scanners.sqlmap(site, role, OUT, cookie, asked, time, dbms)
        report.notes[f"sqlmap as {role}"] = done
        short = Finding("sqlmap", "did not come to its end", role, str(done))
        return done.found + ([] if done.tried + done.gone >= done.marked else [short])

    report.do(site, f"sqlmap as {role}", run)


def schemathesis_as(report, site, role, cookie, found, doors) -> None:
    """Every door, with values of all kinds."""
    visitor = visitor_of(site, cookie)
    token = visitor.token("/account/" if role != "stranger" else "/account/sign-in")
    head = {"Cookie": visitor.cookie}
    told = described.doors(doors, list(found.forms.values()), token)
    described_as(report, site, role, (head, told, "not_a_server_error"), ((1, 3, 6), 0.06))
    if role in JSON_AS:  # a cookie that is always sent would look like a door that asks for none
        head = {"Cookie": visitor.cookie, "X-CSRFToken": token} if role == "coordinator" else {}
        asks = (head, described.json_doors(), JSON_AS[role])
        described_as(report, site, f"json-{role}", asks, ((60,), 0.03))


def described_as(report, site, name, asks, rounds) -> None:
    """What schemathesis makes of a description, and how far it came."""
    (head, told, checks), (examples, part) = asks, rounds

    def run() -> set[Finding]:
        reached = scanners.schemathesis(
            site, name, OUT, head, told, checks, examples, report.share(part))  # fmt: skip
        report.notes[f"schemathesis as {name}"] = reached
        return reached.found

    report.do(site, f"schemathesis as {name}", run)


def alone() -> bool:
    """Whether nobody but this machine can be reached: begins anew in a room without a network."""
    if os.environ.get("ATTACK_ALONE") == "1":
        with socket.socket() as line:  # the loopback is down in a new room
            fcntl.ioctl(line, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
        return True
    for words in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which(words[0]) and not subprocess.run([*words, "true"], check=False).returncode:
            os.environ["ATTACK_ALONE"] = "1"
            sys.stdout.flush()
            os.execvp(words[0], [*words, sys.executable, *sys.argv])  # noqa: S606 - our own words
    return False


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--postgresql", action="store_true", help="on a server of its own")
    read.add_argument("--home", type=Path, help="a folder with a demonstration, to be copied")
    read.add_argument("--canary", action="store_true", help="the canary alone")
    read.add_argument("--talent", action="store_true", help="Talent alone")
    read.add_argument("--only", nargs="+", choices=TOOLS, default=TOOLS, help="these tools")
    read.add_argument("--roles", nargs="+", choices=WHO_COME, default=WHO_COME, help="as these")
    asked = read.parse_args()
    lonely = alone()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # what was started is ended on the way out
    print("no network" if lonely else "with a network, of which nothing is told to the tools")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    report = Report(float(os.environ.get("ATTACK_MINUTES", "40")))
    with contextlib.ExitStack() as held:
        room = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="attack-")))
        room.chmod(0o755)
        listener = held.enter_context(served.helper("listener.py"))
        if not asked.talent:
            attack_canary(report, listener, asked.only)
        if not asked.canary:
            home = room / "home"
            if asked.home:
                shutil.copytree(asked.home, home)
            database = held.enter_context(postgresql()) if asked.postgresql else None
            attack_talent(report, listener, home, asked, database)
    sys.exit(tell(report))


if __name__ == "__main__":
    main()
