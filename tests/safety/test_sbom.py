"""The bill of materials names everything that is shipped, with its hashes."""

from __future__ import annotations

import re
from pathlib import Path

import sbom

ROOT = Path(__file__).parents[2]


def test_every_locked_package_is_in_the_bill_with_its_hashes():
    bill = sbom.bill()
    named = {(each["name"], each["version"]) for each in bill["components"]}
    for file in sbom.LOCKED:
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if found := re.match(r"([\w.-]+)==([^\s;]+)", line):
                assert (found[1].lower(), found[2]) in named, line
    assert ("flask", "3.1.3") in named
    assert {"htmx.org", "@noble/ed25519"} <= {name for name, _ in named}
    for each in bill["components"]:
        hashes = each.get("hashes") or [p for p in each["properties"] if "sha256" in p["name"]]
        assert hashes, each["name"]
    refs = [each["bom-ref"] for each in bill["components"]]
    assert len(refs) == len(set(refs))
    assert bill["specVersion"] == "1.6"
    assert bill == sbom.bill()
