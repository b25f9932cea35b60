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
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from served import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawl import Form
    from served import Site

TOOLS = ROOT / "build" / "attack-venv" / "bin"
MODULES = "xss,permanentxss,sql,redirect,file,exec,crlf,ssrf,upload,xxe,csp,http_headers"
AT_ONCE = 40  # addresses of one run of schemathesis
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
    given = environment(HOME=str(log.parent), PYTHONDONTWRITEBYTECODE="1")
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
        "--max-scan-time", str(int(seconds * 0.15) + 5),
        "--max-attack-time", str(int(seconds * 0.12) + 2), "--tasks", "6",
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


def schemathesis(site: Site, name: str, folder: Path, head: dict[str, str], told: dict,
                 checks: str, each: int, seconds: float) -> list[Finding]:  # fmt: skip
    """Ask what a description says can be asked, in all its ways and beyond; a few at a time."""
    paths, found, asked = list(told["paths"].items()), set(), 0
    random.Random(name).shuffle(paths)
    end = time.monotonic() + seconds
    log = folder / f"schemathesis-{name}.log"
    while paths and (asked == 0 or time.monotonic() < end - 15):
        described = folder / f"schemathesis-{name}.json"
        described.write_text(json.dumps(told | {"paths": dict(paths[:AT_ONCE])}))
        del paths[:AT_ONCE]
        asked += 1
        words = [
            str(TOOLS / "schemathesis"), "run", str(described), "--base-url", site.root,
            "-c", checks, "--data-generation-method", "all", "--hypothesis-max-examples", str(each),
            "--hypothesis-phases", "explicit,generate", "--hypothesis-suppress-health-check", "all",
            "--hypothesis-database", ":memory:", "--request-timeout", "20000", "--stateful", "none",
            "--workers", "3", "--no-color", "--hypothesis-seed", "20261122",
        ]  # fmt: skip
        for key, value in head.items():
            words += ["-H", f"{key}: {value}"]
        part = folder / "schemathesis.part"
        call(words, part, max(30.0, end - time.monotonic()))
        text = part.read_text(errors="replace")
        with log.open("a") as all_of_them:
            all_of_them.write(text)
        found |= set(failures(text))
        if "= SUMMARY =" not in text and time.monotonic() < end:
            found.add(Finding("schemathesis", "did not end", name))
    with log.open("a") as all_of_them:
        all_of_them.write(f"\n{len(paths)} of {len(told['paths'])} addresses were not reached\n")
    return sorted(found, key=str)


def failures(text: str) -> Iterator[Finding]:
    """What its report says."""
    door = ""
    for match in FAILED.finditer(text):
        door = match["door"] or door
        if match["why"] and door:
            yield Finding("schemathesis", match["why"].strip(), door)
