"""wapiti, sqlmap and schemathesis: how each is called, and what each found."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

from crawl import ENDS
from served import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from served import Site

TOOLS = ROOT / "build" / "attack-venv" / "bin"
MODULES = "csp,http_headers,xss,sql,redirect,crlf,ssrf,upload,xxe,file,exec,permanentxss"
AT_ONCE = 150  # addresses of one run of schemathesis: it takes two seconds to begin
UNTOUCHED = "csrf_token,form_key"
# Not vulnerabilities, but what the tool could not do; of faults each answer tells (attacked.py).
ASIDE = {
    "Resource consumption", "Fingerprint web technology", "Fingerprint web server",
    "Internal Server Error",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What a tool says, and where."""

    tool: str
    kind: str
    where: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.tool}: {self.kind} at {self.where} {self.said}".strip()


def call(words: list[str], log: Path, seconds: float, **more: str) -> None:
    """Run a tool to its end, or to the end of its time; it is told of no proxy."""
    hooks = {"PYTHONPATH": str(Path(__file__).parent), "SCHEMATHESIS_HOOKS": "hooks"}
    given = environment(HOME=str(log.parent), PYTHONDONTWRITEBYTECODE="1", **hooks, **more)
    with log.open("w") as said:
        child = subprocess.Popen(
            words, cwd=log.parent, env=given, stdout=said, stderr=said,
            stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            child.wait(seconds)
        except SystemExit:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGINT)
            try:
                child.communicate(b"r\n", 60)  # wapiti asks what now: the report
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


@dataclass
class Scanned:
    """What wapiti found, and with how much each of its modules came through."""

    found: list[Finding]
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [
            f"{name} {len(came['through'])} of {len(came['of'])}"
            f" ({sum(came['answers'].values())} requests, {came['seconds']} s)"
            for name, came in self.modules.items()
            if came["of"]
        ]
        return f"names by module: {', '.join(parts)}"


def wapiti(site: Site, name: str, folder: Path, cookie: str, starts: list[str], seconds: float,
           listener: int) -> Scanned:  # fmt: skip
    """Attack each parameter of these pages and of the forms on them."""
    report, reached = folder / f"wapiti-{name}.json", folder / f"wapiti-{name}.reached"
    done = folder / f"wapiti-{site.name}.done"
    words = [
        str(TOOLS / "python"), str(Path(__file__).parent / "wapiti_here.py"),
        "-u", f"{site.root}/", "--scope", "domain", "-m", MODULES, "-d", "1", "-S", "normal",
        "--max-scan-time", str(int(seconds * 0.6)), "--tasks", "8",
        "-t", "20", "--verify-ssl", "0", "--no-bugreport", "--flush-session", "-v", "1",
        "--store-session", str(folder / f"wapiti-{name}"),
        "--store-config", str(folder / "wapiti"), "--endpoint", f"http://127.0.0.1:{listener}/",
        "-f", "json", "-o", str(report),
    ]  # fmt: skip
    for each in UNTOUCHED.split(","):
        words += ["--skip", each]
    for each in ENDS if cookie else ():
        words += ["-x", f"{site.root}{each}*"]
    for each in starts:
        words += ["-s", site.root + each]
    if cookie:
        words += ["-C", cookie]  # with --drop-set-cookie it drops ours, too
    told = {"WAPITI_DONE": str(done), "WAPITI_REACHED": str(reached), "WAPITI_DOORS": site.name}
    told["WAPITI_NAME"] = name
    told["WAPITI_LEAVES"] = "/account" if cookie else "/none"  # whose forms
    told["WAPITI_SECONDS"] = str(seconds * 0.9)  # in the rest it writes its report
    began = time.monotonic()
    call(words, folder / f"wapiti-{name}.log", seconds, **told)
    if not report.exists() and time.monotonic() - began < seconds / 2:
        # On a slow disk it now and then falls over its own notes.
        call(words, folder / f"wapiti-{name}.log", seconds, **told)
    if not report.exists() or not reached.exists():
        return Scanned([Finding("wapiti", "did not end", name)])
    came = json.loads(reached.read_text())
    known = json.loads(done.read_text()) if done.exists() else {}
    for module, told in came["modules"].items():  # nobody was let in: for whoever comes next
        known.setdefault(module, []).extend(set(told["through"]) - set(told["shut"]))
    done.write_text(json.dumps(known))
    found = [Finding("wapiti", *each) for each in came["found"] if each[0] not in ASIDE]
    return Scanned(found, came["modules"])


@dataclass
class Injected:
    """What sqlmap found, and of how many places it said what it thinks."""

    marked: int
    tried: int = 0
    gone: int = 0  # forms of things that an attack before it had sent away
    found: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.tried} of {self.marked} places" + (f", {self.gone} gone" * bool(self.gone))


MARK = "*"  # where sqlmap tries its words


@dataclass(frozen=True)
class Asked:
    """A request, with a mark at each place where something is to be tried."""

    way: str
    path: str
    fields: str

    @property
    def marks(self) -> int:
        """How many."""
        return self.fields.count(MARK)


class Places:
    """Where words of SQL are tried: each name of an address, one field of each kind of a form.

    What was asked as somebody before is not asked again: the statements behind it are the same.
    """

    def __init__(self) -> None:
        self.taken: set[tuple[str | None, str, str]] = set()

    def marked(self, door: str | None, way: str, path: str,
               fields: Iterable[tuple[str, str]]) -> Asked:  # fmt: skip
        """The request with a mark in each field that nobody tried."""
        said = []
        for name, value in fields:
            key = (door, way, re.sub(r"\d+", "#", name) if way == "GET" else kind_of(value))
            new = name not in UNTOUCHED.split(",") and key not in self.taken
            self.taken |= {key} if new else set()
            pair = f"{quote_plus(name)}={quote_plus(value)}".replace(MARK, "%2A")
            said.append(pair + MARK if new else pair)
        return Asked(way, path, "&".join(said))


def kind_of(value: str) -> str:
    """What a field takes, by what stands in it."""
    if re.fullmatch(r"-?\d+([.,]\d+)?", value):
        return "number"
    return "day" if re.match(r"\d{4}-\d\d|\d\d:\d\d", value) else "words"


def requests_of(site: Site, cookie: str, asked: list[Asked], said: Path) -> None:
    """A file of requests as sqlmap reads it."""
    line = "=" * 54
    host = f"Host: 127.0.0.1:{site.port}\n" + (f"Cookie: {cookie}\n" if cookie else "")
    kind = "Content-Type: application/x-www-form-urlencoded\n"
    told, marks = [], Counter[tuple[str, str]]()
    for each in asked:
        # It counts the marks of an address, and leaves out a number that it had there before.
        place = (each.way, each.path)
        before = marks[place]
        fields = "".join(f"left{number}={MARK}&" for number in range(before)) + each.fields
        marks[place] = before + each.marks
        told.append(
            f"POST {each.path} HTTP/1.1\n{host}{kind}\n{fields}\n"
            if each.way == "POST"
            else f"GET {each.path}?{fields} HTTP/1.1\n{host}\n"
        )
    said.write_text("".join(f"{line}\n{each}{line}\n\n" for each in told))


TRIED = re.compile(
    r"parameter '[^']+' (?:does not seem to be injectable|is vulnerable)"
    r"|possible type casting detected"  # it takes nothing but a number, and answers the same
)
GONE = "[CRITICAL] page not found (404)"


def sqlmap(site: Site, name: str, folder: Path, cookie: str, asked: list[Asked],
           seconds: float, dbms: str) -> Injected:  # fmt: skip
    """Try these requests at their marks: errors, and whether true and false are told apart.

    A union needs the same hole as these two.
    """
    said = folder / f"sqlmap-{name}.requests"
    requests_of(site, cookie, asked, said)
    results, log = folder / f"sqlmap-{name}.csv", folder / f"sqlmap-{name}.log"
    results.unlink(missing_ok=True)
    words = [
        str(TOOLS / "sqlmap"), "-l", str(said), "--batch", "--flush-session", "--level", "1",
        "--risk", "1", "--technique", "BE", "--threads", "3", "--timeout", "15", "--retries", "1",
        "--skip", UNTOUCHED, "--disable-coloring", "--results-file", str(results),
        "--output-dir", str(folder / f"sqlmap-{name}"), "--dbms", dbms, "--text-only", "--skip-waf",
        "--time-limit", str(int(seconds)),
    ]  # fmt: skip
    call(words, log, seconds + 20)
    text = log.read_text(errors="replace")
    marked = sum(each.marks for each in asked)
    done = Injected(marked, len(TRIED.findall(text)), text.count(GONE))
    if results.exists():
        with results.open() as told:
            done.found = [
                Finding(
                    "sqlmap",
                    row["Technique(s)"],
                    urlsplit(row["Target URL"]).path,
                    row["Parameter"],
                )
                for row in csv.DictReader(told)
                if row["Technique(s)"] and "false positive" not in row["Note(s)"]
            ]
    return done


FAILED = re.compile(
    r"^_+ (?P<door>[A-Z]+ \S+)(?: \[\w+\])? _+$|^\d+\. Test Case|^- (?P<why>.+)$", re.MULTILINE
)


@dataclass
class Reached:
    """What came of a description: what was found, and how far its asking got."""

    addresses: int
    passes: list[int] = field(default_factory=list)  # addresses that each round came to
    found: set[Finding] = field(default_factory=set)

    def __str__(self) -> str:
        rounds = "".join(f", then {more} of them anew" for more in self.passes[1:] if more)
        return f"{self.passes[0]} of {self.addresses} addresses" + rounds


def schemathesis(site: Site, name: str, folder: Path, head: dict[str, str], told: dict,
                 checks: str, rounds: tuple[int, ...], seconds: float) -> Reached:  # fmt: skip
    """Ask what a description says can be asked, and beyond.

    The first round comes to every address with a few examples, also when that takes longer than
    it should (up to five times as long); each further one asks for more while there is time.
    """
    reached = Reached(len(told["paths"]))
    begin = time.monotonic()
    for number, each in enumerate(rounds):
        paths, last = list(told["paths"].items()), begin + seconds * (1 if number else 5)
        random.Random(f"{name}{number}").shuffle(paths)
        reached.passes.append(0)
        while paths and time.monotonic() < last:
            part = dict(paths[:AT_ONCE])
            del paths[:AT_ONCE]
            described = folder / f"schemathesis-{name}.json"
            described.write_text(json.dumps(told | {"paths": part}))
            left = last - time.monotonic() + 20
            ended, found = ask_once(site, name, folder, head, checks, (each, number), left)
            reached.found |= found
            reached.passes[-1] += len(part) if ended else 0
    if reached.passes[0] < reached.addresses:
        reached.found.add(Finding("schemathesis", "did not come to its end", name, str(reached)))
    return reached


def ask_once(site: Site, name: str, folder: Path, head: dict[str, str], checks: str,
          examples: tuple[int, int], seconds: float) -> tuple[bool, set[Finding]]:  # fmt: skip
    """One call: whether it came to its end, and what it found."""
    each, seed = examples
    words = [
        str(TOOLS / "schemathesis"), "run", str(folder / f"schemathesis-{name}.json"),
        "--base-url", site.root, "-c", checks, "--data-generation-method", "all",
        "--hypothesis-max-examples", str(each), "--hypothesis-phases", "explicit,generate",
        "--hypothesis-suppress-health-check", "all", "--hypothesis-database", ":memory:",
        "--request-timeout", "20000", "--stateful", "none", "--workers", "3", "--no-color",
        "--hypothesis-seed", str(20261122 + seed + zlib.crc32(name.encode()) % 1000),
    ]  # fmt: skip
    for key, value in head.items():
        words += ["-H", f"{key}: {value}"]
    part = folder / "schemathesis.part"
    call(words, part, seconds)
    text = part.read_text(errors="replace")
    with (folder / f"schemathesis-{name}.log").open("a") as log:
        log.write(text)
    return "= SUMMARY =" in text and "KeyboardInterrupt" not in text, set(failures(text))


def failures(text: str) -> Iterator[Finding]:
    """What its report says."""
    door = ""
    for match in FAILED.finditer(text):
        door = match["door"] or door
        if match["why"] and door:
            yield Finding("schemathesis", match["why"].strip(), door)
