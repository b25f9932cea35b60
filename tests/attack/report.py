"""What was done, how long it took, what was found; and which of it was explained before."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from served import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scanners import Finding
    from served import Site

OUT = Path(os.environ.get("ATTACK_OUT", ROOT / "build" / "attack"))
KNOWN = Path(__file__).parent / "known.json"


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

    def took(self, begin: str) -> float:
        """Seconds of what has such a name."""
        return sum(took for _, name, took, _ in self.rows if name.startswith(begin))

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


def known() -> list[dict[str, str]]:
    """Findings that are explained."""
    return json.loads(KNOWN.read_text(encoding="utf-8"))


def explained(finding: Finding, listed: list[dict[str, str]]) -> bool:
    """Whether somebody wrote down why this is no hole."""
    told = {"tool": finding.tool, "kind": finding.kind, "where": finding.where}
    return any(all(told[key] == each[key] for key in told if key in each) for each in listed)


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
