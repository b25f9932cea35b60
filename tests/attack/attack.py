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

import by_hand
import described
import hammer
import scanners
import served
import slow
from by_hand import CANARY, TALENT
from crawl import ENDS, Found, crawl, door_of, rules
from scanners import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from served import Site
    from werkzeug.routing import Map

sys.path.insert(0, str(served.ROOT / "tests"))
sys.path.insert(0, str(served.ROOT / "tests" / "doors"))
from run import postgresql  # the server of the suite
from who import WHO  # who comes in, as it was written down by hand

OUT = served.ROOT / "build" / "attack"
KNOWN = Path(__file__).parent / "known.json"
ROLES = {
    "volunteer": "volunteer@demo.example",
    "coordinator": "office@demo.example",
    "administrator": "admin@demo.example",
}
OTHERS = ("manager@demo.example", "leader@demo.example", "auditor@demo.example")
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
    },
    "sqlmap": {"/item"},
    "schemathesis": {"POST /api/halves", "GET /api/secret"},
}  # fmt: skip
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


def attack_canary(report: Report, listener: int) -> None:
    """Holes that are known."""
    with served.canary(OUT) as site:
        names = ["item?id=1", "search?q=x", "notes", "file?name=hello.txt", "go?to=/", "lang?to=en",
                 "fetch?url=x", "half?number=4", "ping?host=localhost"]  # fmt: skip
        starts = [f"/{each}" for each in names]
        found = report.do(site, "wapiti", lambda: scanners.wapiti(
            site, "canary", OUT, "", starts, 300, listener))  # fmt: skip
        report.planted("wapiti", MUST["wapiti"] - {each.kind for each in found})
        found = report.do(site, "sqlmap", lambda: scanners.sqlmap(
            site, "canary", OUT, "", starts[:2], [], 60, "sqlite"))  # fmt: skip
        report.planted("sqlmap", MUST["sqlmap"] - {each.where for each in found})
        head = {"Cookie": "talent=x"}
        found = report.do(site, "schemathesis", lambda: scanners.schemathesis(
            site, "canary", OUT, head, described.canary(), "all", (20,), 60).found)  # fmt: skip
        report.planted("schemathesis", MUST["schemathesis"] - {each.where for each in found})
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


def attack_talent(report: Report, listener: int, home: Path, database: str | None) -> None:
    """The app, as a stranger and as each of three roles."""
    doors = rules()
    with served.talent(OUT, home, database) as site:
        seen: dict[str, tuple[str, Found]] = {}
        for role, login in {"stranger": "", **ROLES}.items():
            visitor = served.Visitor(site)
            if login and visitor.sign_in(login, TALENT.password).status != 303:
                sys.exit(f"{login} does not come in")
            visitor.cookies |= {"lang": "en"}
            until = time.monotonic() + report.share(0.08)
            begin = [*BEGIN, *plain_doors(doors)]
            report.do(site, f"crawl as {role}", partial(
                _crawl, report, seen, role, visitor, doors, begin, until))  # fmt: skip
        for name, probe in probes(site, TALENT).items():
            report.do(site, name, lambda n=name, p=probe: as_findings(n, p()))
        for name, probe in {"two meanings": by_hand.two_meanings, "TRACE": by_hand.traces}.items():
            report.do(site, name, lambda n=name, p=probe: as_findings(n, p(site, TALENT)))
        for role, (cookie, found) in seen.items():
            attack_as(report, site, role, cookie, found, doors, listener, bool(database))
        for name, probe in hammered(site, TALENT).items():
            report.do(site, name, lambda n=name, p=probe: as_findings(n, p()))
        faults = site.said.read_text(errors="replace").count("Traceback (most recent call last)")
        report.notes["faults in the log"] = faults
        if faults:
            report.do(
                site, "faults in its log", lambda: [Finding("log", "fault", f"{faults} times")]
            )


def _crawl(report, seen, role, visitor, doors, begin, until) -> list[Finding]:
    found = crawl(visitor, doors, begin, until)
    report.notes[f"pages as {role}"] = (
        f"{len(found.pages)} addresses, {of_doors(role, doors, found.pages)}, "
        f"{len(found.forms)} forms"
    )
    seen[role] = (visitor.cookie, found)
    return [Finding("crawl", "fault", each) for each in found.faults]


def of_doors(role: str, doors: Map, addresses: Iterable[str]) -> str:
    """To how many of the doors that can be looked through and are open to a role these lead."""
    open_to_role = {
        rule.endpoint for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and role in WHO.get(rule.endpoint, ())
        and not rule.rule.startswith(ENDS)
    }  # fmt: skip
    named = doors.bind("127.0.0.1")
    led_to = {door_of(named, address) for address in addresses} & open_to_role
    return f"{len(led_to)} of {len(open_to_role)} doors"


def plain_doors(doors) -> list[str]:
    """Addresses that need nothing: no link has to lead there."""
    return sorted(
        rule.rule for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and "<" not in rule.rule
    )  # fmt: skip


def attack_as(report, site, role, cookie, found, doors, listener, on_postgresql) -> None:
    """All scanners with the cookie of one role."""
    choose = random.Random(len(role))
    asked = sorted(found.asked())
    pages = sorted(page for page, status in found.pages.items() if status < 400)
    named = doors.bind("127.0.0.1")
    starts = list({door_of(named, each): each for each in pages + asked}.values())
    choose.shuffle(starts)
    report.do(site, f"wapiti as {role}", lambda: scanners.wapiti(
        site, role, OUT, cookie, starts, report.share(0.12), listener))  # fmt: skip
    report.notes[f"wapiti as {role}"] = of_doors(role, doors, scanners.seen_by_wapiti(role, OUT))
    posted = [form for form in found.posted() if not form.action.startswith("/account")]
    choose.shuffle(asked)
    choose.shuffle(posted)
    dbms = "postgresql" if on_postgresql else "sqlite"
    report.do(site, f"sqlmap as {role}", lambda: scanners.sqlmap(
        site, role, OUT, cookie, asked, posted, report.share(0.05), dbms))  # fmt: skip
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
    asked = read.parse_args()
    lonely = alone()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # what was started is ended on the way out
    print("no network" if lonely else "with a network, of which nothing is told to the tools")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    report = Report(float(os.environ.get("ATTACK_MINUTES", "20")))
    with contextlib.ExitStack() as held:
        room = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="attack-")))
        room.chmod(0o755)
        listener = held.enter_context(helper("listener.py"))
        if not asked.talent:
            attack_canary(report, listener)
        if not asked.canary:
            home = room / "home"
            if asked.home:
                shutil.copytree(asked.home, home)
            database = held.enter_context(postgresql()) if asked.postgresql else None
            attack_talent(report, listener, home, database)
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
