"""Whether each tool finds the holes of the canary: its silence about Talent says little else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import by_hand
import described
import scanners
import served
from by_hand import CANARY
from probes import as_findings, hammered, probes
from report import OUT, Report

if TYPE_CHECKING:
    from collections.abc import Iterable

MUST = {  # what is planted, by the tool that has to find it
    "wapiti": {
        "SQL Injection", "Reflected Cross Site Scripting", "Stored Cross Site Scripting",
        "Path Traversal", "Open Redirect", "CRLF Injection", "Server Side Request Forgery",
        "Content Security Policy Configuration",
        "Clickjacking Protection", "MIME Type Confusion", "Command execution",
        "Unrestricted File Upload", "XML External Entity", "fault", "a tag that was kept",
        "/feed",  # XML that has something fetched
        "/inside",  # as somebody who has come in
    },
    "sqlmap": {"/item"},
    "schemathesis": {"POST /api/halves", "GET /api/secret"},
}  # fmt: skip
CANARY_ASKED = [
    scanners.Asked("GET", "/search", "q=x*"),
    scanners.Asked("POST", "/sign-in", "login=a*&password=b"),
    scanners.Asked("GET", "/item", "back=2*&id=1"),
    scanners.Asked("GET", "/item", "back=2&id=1*"),  # the same address, and the hole is here
]


def attack_canary(report: Report, listener: int, only: Iterable[str]) -> None:
    """Holes that are known."""
    with served.canary(OUT) as site:
        names = ["item?id=1", "search?q=x", "notes", "file?name=hello.txt", "go?to=/", "lang?to=en",
                 "fetch?url=x", "half?number=4", "ping?host=a", "inside?word=x",
                 "parse?as=xml", "feed?xml=x", "upload"]  # fmt: skip
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
    with served.helper("lax.py") as port:
        site = served.Site("lax", port, OUT / "lax")
        for name, probe in {"two meanings": by_hand.two_meanings, "TRACE": by_hand.traces}.items():
            if not report.do(site, name, lambda n=name, p=probe: as_findings(n, p(site, CANARY))):
                report.planted("by hand", [name])
