"""What Talent is made of, as CycloneDX 1.6 in JSON: `python tests/sbom.py > build/sbom.json`.

Read from the locked requirements, whose hashes it carries, and from what lies in static/vendor.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKED = ("requirements.txt", "requirements-roster.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def packages() -> dict[str, dict[str, object]]:
    """Each locked package once, by its address."""
    found = {}
    for file in LOCKED:
        text = (ROOT / file).read_text(encoding="utf-8")
        starts = [*PINNED.finditer(text)]
        ends = [*(each.start() for each in starts[1:]), len(text)]
        for match, end in zip(starts, ends, strict=True):
            name, version = match[1].lower().replace("_", "-"), match[2]
            address = f"pkg:pypi/{name}@{version}"
            found[address] = {
                "type": "library",
                "bom-ref": address,
                "name": name,
                "version": version,
                "purl": address,
                "properties": [
                    {"name": "talent:locked-in", "value": file},
                    *(
                        {"name": "talent:sha256-of-a-file", "value": each}
                        for each in HASH.findall(text[match.start() : end])
                    ),
                ],
                **licence(name),
            }
    return found


def licence(name: str) -> dict[str, object]:
    """What the package says of its licence, where it is installed."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return {}
    said = about.get("License-Expression")
    if said:
        return {"licenses": [{"expression": said}]}
    short = (about.get("License") or "").strip()
    return {"licenses": [{"license": {"name": short}}]} if 0 < len(short) < 60 else {}


def vendored() -> list[dict[str, object]]:
    """What the browser gets that others wrote, by the versions of the Makefile."""
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = {"htmx.min.js": ("htmx.org", "HTMX"), "noble-ed25519.js": ("@noble/ed25519", "NOBLE")}
    found = []
    for file in sorted((ROOT / "static" / "vendor").glob("*.js")):
        name, variable = known[file.name]
        version = re.search(rf"^{variable} := (\S+)", made, re.MULTILINE)[1]
        address = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        found.append(
            {
                "type": "library",
                "bom-ref": address,
                "name": name,
                "version": version,
                "purl": address,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        )
    return found


def bill() -> dict[str, object]:
    """The whole bill: equal requirements give an equal one."""
    parts = [*packages().values(), *vendored()]
    seed = json.dumps(parts, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "talent", "name": "talent"}},
        "components": parts,
        "dependencies": [{"ref": "talent", "dependsOn": [each["bom-ref"] for each in parts]}],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
