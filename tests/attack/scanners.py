"""wapiti, sqlmap and schemathesis: how each is called, and what each found."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from served import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawl import Form
    from served import Site

TOOLS = ROOT / "build" / "attack-venv" / "bin"
MODULES = "xss,permanentxss,sql,redirect,file,exec,crlf,ssrf,upload,xxe,csp,http_headers"
AT_ONCE = 150  # addresses of one run of schemathesis: it takes two seconds to begin
UNTOUCHED = "csrf_token,form_key"
# Not vulnerabilities, but what the tool could not do.
ASIDE = {"Resource consumption", "Fingerprint web technology", "Fingerprint web server"}


@dataclass(frozen=True)
class Finding:
    """What a tool says, and where."""

    tool: str
    kind: str
    where: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.tool}: {self.kind} at {self.where} {self.said}".strip()


def call(words: list[str], log: Path, seconds: float) -> None:
    """Run a tool to its end, or to the end of its time; it is told of no proxy."""
    hooks = {"PYTHONPATH": str(Path(__file__).parent), "SCHEMATHESIS_HOOKS": "hooks"}
    given = environment(HOME=str(log.parent), PYTHONDONTWRITEBYTECODE="1", **hooks)
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
                child.communicate(b"r\n", 40)  # wapiti asks what now: the report
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def wapiti(site: Site, name: str, folder: Path, cookie: str, starts: list[str], seconds: float,
           listener: int) -> list[Finding]:  # fmt: skip
    """Crawl from these pages and attack each parameter that is seen."""
    report = folder / f"wapiti-{name}.json"
    words = [
        str(TOOLS / "wapiti"), "-u", f"{site.root}/", "--scope", "domain", "-m", MODULES,
        "-d", "1", "--max-files-per-dir", "12", "--max-parameters", "30", "-S", "normal",
        "--max-scan-time", str(int(seconds * 0.3) + 5),
        "--max-attack-time", str(int(seconds * 0.06) + 2), "--tasks", "6",
        "-t", "20", "--verify-ssl", "0", "--no-bugreport", "--flush-session", "-v", "1",
        "--store-session", str(folder / f"wapiti-{name}"),
        "--store-config", str(folder / "wapiti"), "--endpoint", f"http://127.0.0.1:{listener}/",
        "-f", "json", "-o", str(report),
    ]  # fmt: skip
    for each in UNTOUCHED.split(","):
        words += ["--skip", each]
    for each in ("*/sign-out*", "*/everywhere*", "*/account/*", "*/claims*"):
        words += ["-x", f"{site.root}{each[1:]}"] if cookie else []
    for each in starts:
        words += ["-s", site.root + each]
    if cookie:
        words += ["-C", cookie, "--drop-set-cookie"]
    for _ in range(2):  # on a slow disk it now and then falls over its own notes
        if not report.exists():
            call(words, folder / f"wapiti-{name}.log", seconds)
    told = json.loads(report.read_text()) if report.exists() else None
    if told is None:
        return [Finding("wapiti", "did not end", name)]
    return [
        Finding("wapiti", kind, urlsplit(site.root + each["path"]).path, each["parameter"] or "")
        for part in ("vulnerabilities", "anomalies")
        for kind, found in told[part].items()
        for each in found
        if kind not in ASIDE
    ]


def seen_by_wapiti(name: str, folder: Path) -> list[str]:
    """The addresses that it attacked."""
    found = []
    for file in (folder / f"wapiti-{name}").glob("*.db"):
        with contextlib.closing(sqlite3.connect(file)) as kept:
            rows = kept.execute(
                "SELECT DISTINCT path FROM paths JOIN attack_logs USING (path_id) WHERE NOT evil"
            )
            found += [urlsplit(path).path for (path,) in rows]
    return found


def sqlmap(site: Site, name: str, folder: Path, cookie: str, asked: list[str], posted: list[Form],
           seconds: float, dbms: str) -> list[Finding]:  # fmt: skip
    """Try every parameter of these addresses and forms."""
    said = folder / f"sqlmap-{name}.requests"
    line = "=" * 54
    host = f"Host: 127.0.0.1:{site.port}\n" + (f"Cookie: {cookie}\n" if cookie else "")
    requests = [f"GET {address} HTTP/1.1\n{host}\n" for address in asked]
    for form in posted:
        kind = "Content-Type: application/x-www-form-urlencoded\n"
        requests.append(f"POST {form.action} HTTP/1.1\n{host}{kind}\n{urlencode(form.fields)}\n")
    said.write_text("".join(f"{line}\n{each}{line}\n\n" for each in requests))
    results = folder / f"sqlmap-{name}.csv"
    results.unlink(missing_ok=True)
    words = [
        str(TOOLS / "sqlmap"), "-l", str(said), "--batch", "--flush-session", "--level", "1",
        "--risk", "2", "--technique", "BEU", "--threads", "3", "--timeout", "15", "--retries", "1",
        "--skip", UNTOUCHED, "--disable-coloring", "--results-file", str(results),
        "--output-dir", str(folder / f"sqlmap-{name}"), "--dbms", dbms, "--text-only",
        "--time-limit", str(int(seconds)),
    ]  # fmt: skip
    call(words, folder / f"sqlmap-{name}.log", seconds + 20)
    if not results.exists():
        return []
    with results.open() as told:
        return [
            Finding(
                "sqlmap", row["Technique(s)"], urlsplit(row["Target URL"]).path, row["Parameter"]
            )
            for row in csv.DictReader(told)
            if row["Technique(s)"] and "false positive" not in row["Note(s)"]
        ]


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
