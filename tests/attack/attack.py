"""Attack Talent as it is served, on this machine and without a network: `make attack`.

Each tool has to find the holes of a canary first, or its silence about Talent says nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
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
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import by_hand
import described
import hammer
import scanners
import served
import slow
from by_hand import CANARY, TALENT
from crawl import ENDS, Found, crawl, door_of, made_up, rules
from scanners import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from served import Site
    from werkzeug.routing import Map

sys.path.insert(0, str(served.ROOT / "tests"))
sys.path.insert(0, str(served.ROOT / "tests" / "doors"))
from run import postgresql  # the server of the suite
from who import WHO  # who comes in, as it was written down by hand

OUT = Path(os.environ.get("ATTACK_OUT", served.ROOT / "build" / "attack"))
KNOWN = Path(__file__).parent / "known.json"
ROLES = {
    "volunteer": "volunteer@demo.example",
    "coordinator": "office@demo.example",
    "administrator": "admin@demo.example",
}
WHO_COME = ("stranger", *ROLES)
TOOLS = ("by-hand", "wapiti", "sqlmap", "schemathesis")
OTHERS = ("manager@demo.example", "leader@demo.example", "auditor@demo.example")
PART = {"stranger": 0.12, "volunteer": 0.18, "coordinator": 0.35, "administrator": 0.35}
JSON_AS = {
    "stranger": "not_a_server_error,ignored_auth",
    "coordinator": "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance",
}
MUST = {  # what is planted, by the tool that has to find it
    "wapiti": {
        "SQL Injection", "Reflected Cross Site Scripting", "Stored Cross Site Scripting",
        "Path Traversal", "Open Redirect", "CRLF Injection", "Server Side Request Forgery",
        "Internal Server Error", "Content Security Policy Configuration",
        "Clickjacking Protection", "MIME Type Confusion", "Command execution",
        "/inside",  # as somebody who has come in
    },
    "sqlmap": {"/item"},
    "schemathesis": {"POST /api/halves", "GET /api/secret"},
}  # fmt: skip
CANARY_ASKED = [
    scanners.Asked("GET", "/search", "q=x*"),
    scanners.Asked("POST", "/sign-in", "login=a*&password=b"),
    scanners.Asked("GET", "/item", "back=2*&id=1*"),
]
BEGIN = ["/", "/verify", "/people/notices", "/privacy/kept", "/account/sign-up", "/account/forgot"]


@dataclass
class Report:
    """What was done, how long it took, what was found."""

    minutes: float
    rows: list[tuple[str, str, float, list[Finding]]] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)  # holes that a tool did not see
    notes: dict[str, object] = field(default_factory=dict)

    def share(self, part: float) -> float:
        """Seconds of all the time."""
        return self.minutes * 60 * part

    def do(self, site: Site, name: str, found: Callable[[], Iterable[Finding]]) -> list[Finding]:
        """One step."""
        began = time.monotonic()
        told = list(found())
        self.rows.append((site.name, name, time.monotonic() - began, told))
        print(
            f"{site.name:8} {name:28} {time.monotonic() - began:6.0f} s {len(told):4}", flush=True
        )
        return told

    def planted(self, name: str, missed: Iterable[str]) -> None:
        """What should have been found in the canary."""
        self.blind += [f"{name} did not see {each}" for each in sorted(missed)]


def as_findings(tool: str, told: Iterable[str]) -> Iterator[Finding]:
    """Sentences of ours."""
    for each in told:
        yield Finding("by hand", tool, each)


def probes(site, ways) -> dict[str, Callable[[], Iterator[str]]]:
    """Everything that we ask ourselves."""
    large = "/large" if site.name == "canary" else "/static/css/talent.css"
    login = "office@demo.example" if site.name == "talent" else ways.login
    who = by_hand.Ways(**{**ways.__dict__, "login": login})
    lasts = 20 if site.name == "talent" else 1
    return {
        "session fixation": lambda: by_hand.fixation(site, ways),
        "forged cookies": lambda: by_hand.forged_cookies(site, ways),
        "a session that was left": lambda: by_hand.left_session(site, ways),
        "bodies and heads": lambda: by_hand.bodies(site, ways),
        "deep JSON": lambda: by_hand.deep(site, ways, by_hand.come_in(site, who)),
        "paths": lambda: by_hand.paths(site, ways),
        "hosts": lambda: by_hand.hosts(site, ways),
        "ends of lines, redirects": lambda: by_hand.lines_ends(site, ways),
        "slow: nothing": lambda: slow.silent(site, lasts),
        "slow: heads": lambda: slow.heads(site, lasts),
        "slow: bodies": lambda: slow.bodies(site, lasts, ways.large),
        "slow: chunks": lambda: slow.chunks(site, lasts, ways.large),
        "slow: readers": lambda: slow.readers(site, lasts, large),
    }


def hammered(site, ways) -> dict[str, Callable[[], Iterator[str]]]:
    """The sign-in, last of all: afterwards it is shut to some."""
    crowd = hammer.Crowd(site, ways)
    talent = site.name == "talent"
    known = list(OTHERS) if talent else [ways.login] * 3
    device = {k: v for k, v in by_hand.come_in(site, ways).cookies.items() if k == "device"}
    other = ROLES["coordinator"] if talent else ways.login
    return {
        "sign-in: told apart": lambda: hammer.told_apart(crowd, known),
        "sign-in: of a login": lambda: hammer.of_account(crowd, ways.login),
        "sign-in: its holder": lambda: hammer.owner(crowd, ways.login, ways.password, device),
        "sign-in: of an address": lambda: hammer.of_address(crowd),
        "sign-in: at once": lambda: hammer.at_once(crowd, other),
    }


def attack_canary(report: Report, listener: int, only: Iterable[str]) -> None:
    """Holes that are known."""
    with served.canary(OUT) as site:
        names = ["item?id=1", "search?q=x", "notes", "file?name=hello.txt", "go?to=/", "lang?to=en",
                 "fetch?url=x", "half?number=4", "ping?host=a", "inside?word=x"]  # fmt: skip
        starts = [f"/{each}" for each in names]
        if "wapiti" in only:
            found = report.do(site, "wapiti", lambda: scanners.wapiti(
                site, "canary", OUT, "talent=inside", starts, 300, listener).found)  # fmt: skip
            seen = {each.kind for each in found} | {each.where for each in found}
            report.planted("wapiti", MUST["wapiti"] - seen)
        if "sqlmap" in only:
            found = report.do(site, "sqlmap", lambda: scanners.sqlmap(
                site, "canary", OUT, "", CANARY_ASKED, 60, "sqlite").found)  # fmt: skip
            report.planted("sqlmap", MUST["sqlmap"] - {each.where for each in found})
        if "schemathesis" in only:
            head = {"Cookie": "talent=x"}
            found = report.do(site, "schemathesis", lambda: scanners.schemathesis(
                site, "canary", OUT, head, described.canary(), "all", (20,), 60).found)  # fmt: skip
            report.planted("schemathesis", MUST["schemathesis"] - {each.where for each in found})
        if "by-hand" not in only:
            return
        mine = probes(site, CANARY) | hammered(site, CANARY)
        for name, probe in mine.items():
            if not report.do(site, name, lambda n=name, p=probe: as_findings(n, p())):
                report.planted("by hand", [name])
    with helper("lax.py") as port:
        site = served.Site("lax", port, OUT / "lax")
        for name, probe in {"two meanings": by_hand.two_meanings, "TRACE": by_hand.traces}.items():
            if not report.do(site, name, lambda n=name, p=probe: as_findings(n, p(site, CANARY))):
                report.planted("by hand", [name])


@contextlib.contextmanager
def helper(script: str) -> Iterator[int]:
    """A small server of ours beside it."""
    port = served.free_port()
    child = subprocess.Popen([sys.executable, str(Path(__file__).parent / script), str(port)])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        child.kill()
        child.wait()


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
                wapiti_as(report, *with_all, listener)
            if "sqlmap" in asked.only:
                sqlmap_as(report, *with_all, "postgresql" if database else "sqlite", places)
            if "schemathesis" in asked.only:
                schemathesis_as(report, *with_all)
        if "by-hand" in asked.only:
            probed(report, site, hammered(site, TALENT))
        faults = site.said.read_text(errors="replace").count("Traceback (most recent call last)")
        report.notes["faults in the log"] = faults
        if faults:
            report.do(
                site, "faults in its log", lambda: [Finding("log", "fault", f"{faults} times")]
            )


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


def open_to(role: str, doors: Map) -> set[str]:
    """The doors that a role may look through."""
    return {
        rule.endpoint for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and role in WHO.get(rule.endpoint, ())
        and not rule.rule.startswith(ENDS)
    }  # fmt: skip


def of_doors(role: str, doors: Map, addresses: Iterable[str]) -> str:
    """To how many of the doors that can be looked through and are open to a role these lead."""
    named, many = doors.bind("127.0.0.1"), open_to(role, doors)
    led_to = {door_of(named, address) for address in addresses} & many
    return f"{len(led_to)} of {len(many)} doors"


class Watch:
    """What is asked of a site from now on, by its own log."""

    def __init__(self, site: Site) -> None:
        self.file, self.begin = site.asked, site.asked.stat().st_size

    def paths(self, *, answered: bool = False) -> list[str]:
        """Which paths were asked for, or which of them answered with a page."""
        with self.file.open("rb") as log:
            log.seek(self.begin)
            lines = [line.split() for line in log.read().decode("utf-8", "replace").splitlines()]
        told = [line for line in lines if len(line) == 3 and line[0] == "GET"]
        return [path for _, path, status in told if not answered or status < "400"]


def plain_doors(doors) -> list[str]:
    """Addresses that need nothing: no link has to lead there."""
    return sorted(
        rule.rule for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and "<" not in rule.rule
    )  # fmt: skip


def wapiti_as(report, site, role, cookie, found, doors, listener) -> None:
    """From an address of each door that is open to a role, wherever links lead or not."""
    named, asked = doors.bind("127.0.0.1"), sorted(found.asked())
    pages = sorted(page for page, status in found.pages.items() if status < 400)
    first = {door_of(named, each): each for each in pages + asked}
    starts = list(dict.fromkeys([*first.values(), *asked]))
    starts += made_up(doors, found, open_to(role, doors) - set(first))
    random.Random(len(role)).shuffle(starts)
    watch = Watch(site)

    def scan() -> list[Finding]:
        scanned = scanners.wapiti(
            site, role, OUT, cookie, starts, report.share(0.6 * PART[role]), listener
        )
        came, answered = watch.paths(), watch.paths(answered=True)
        report.notes[f"wapiti as {role}"] = (
            f"{of_doors(role, doors, came)}, {of_doors(role, doors, answered)} with a page, "
            f"{len(came)} requests, {scanned}"
        )
        return scanned.found

    report.do(site, f"wapiti as {role}", scan)


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
        return done.found + ([] if done.tried >= done.marked else [short])

    report.do(site, f"sqlmap as {role}", run)


def schemathesis_as(report, site, role, cookie, found, doors) -> None:
    """Every door, with values of all kinds."""
    visitor = served.Visitor(site, dict(pair.split("=", 1) for pair in cookie.split("; ")))
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


def known() -> list[dict[str, str]]:
    """Findings that are explained."""
    return json.loads(KNOWN.read_text(encoding="utf-8"))


def explained(finding: Finding, listed: list[dict[str, str]]) -> bool:
    """Whether somebody wrote down why this is no hole."""
    told = {"tool": finding.tool, "kind": finding.kind, "where": finding.where}
    return any(all(told[key] == each[key] for key in told if key in each) for each in listed)


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
        listener = held.enter_context(helper("listener.py"))
        if not asked.talent:
            attack_canary(report, listener, asked.only)
        if not asked.canary:
            home = room / "home"
            if asked.home:
                shutil.copytree(asked.home, home)
            database = held.enter_context(postgresql()) if asked.postgresql else None
            attack_talent(report, listener, home, asked, database)
    sys.exit(tell(report))


def tell(report: Report) -> int:
    """The table, printed and kept; 1 if anything was found that nobody explained."""
    listed = known()
    lines = [f"{'site':8} {'attack':28} {'seconds':>8} {'found':>6} {'new':>5}"]
    new: list[Finding] = []
    for site, name, took, found in report.rows:
        fresh = [each for each in found if not explained(each, listed)]
        new += fresh if site == "talent" else []
        shown = len(fresh) if site == "talent" else "-"
        lines.append(f"{site:8} {name:28} {took:8.0f} {len(found):6} {shown:>5}")
    lines += [f"{name}: {said}" for name, said in report.notes.items()]
    lines += [f"BLIND {each}" for each in report.blind]
    lines += [f"FOUND {each}" for each in dict.fromkeys(map(str, new))]
    text = "\n".join(lines)
    print(f"\n{text}")
    (OUT / "report.txt").write_text(text + "\n", encoding="utf-8")
    kept = [
        {"site": s, "attack": n, "seconds": round(t), "found": [vars_of(each) for each in f]}
        for s, n, t, f in report.rows
    ]
    told = {"rows": kept, "notes": report.notes, "blind": report.blind}
    (OUT / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    return 1 if new or report.blind else 0


def vars_of(finding: Finding) -> dict[str, str]:
    """A finding as it is kept."""
    return {
        "tool": finding.tool,
        "kind": finding.kind,
        "where": finding.where,
        "said": finding.said,
    }


if __name__ == "__main__":
    main()
