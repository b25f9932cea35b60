"""Pictures of every page, and one sheet of them to leaf through: `make screens`.

`make screens S="-k phone"` hands words to pytest; ONLY=/hours takes the pages whose address has
that in it. What was there before is removed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from markupsafe import Markup
from run import provide, room

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "screens"
ROLES = ("stranger", "newcomer", "volunteer", "coordinator", "manager", "administrator")
STATES = ("filled", "empty", "refused")
HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Every page of Talent</title>
<style>
body {{ margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: #f2ede2; color: #1c2523; }}
header {{ position: sticky; top: 0; padding: 0.5rem 1rem; background: #fffdf8;
  border-bottom: 3px solid #0a4f4b; }}
header nav {{ display: flex; flex-wrap: wrap; gap: 0 1rem; }}
section {{ padding: 0 1rem; scroll-margin-top: 9rem; }}
ul {{ display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }}
li {{ width: 180px; font-size: 0.8rem; overflow-wrap: anywhere; }}
li.wide {{ width: 320px; }}
li a {{ display: block; height: 300px; overflow: hidden; border: 1px solid #7d7565; }}
img {{ display: block; width: 100%; height: auto; }}
small {{ display: block; color: #424c48; }}
{hiding}
</style>
"""


def told():
    """Every picture's line, role by role in the order of the pages."""
    lines = [
        json.loads(line)
        for file in sorted(FOLDER.glob("*/list.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    order = lambda one: (  # noqa: E731
        ROLES.index(one["role"]), one["name"], STATES.index(one["state"]), one["look"]
    )  # fmt: skip
    return sorted(lines, key=order)


def sheet(lines):
    """One plain page with every picture small, by role; boxes on top choose looks and states."""
    looks = sorted({one["look"] for one in lines})
    kinds = [each.replace(" ", "-") for each in (*looks, *STATES)]
    hiding = "\n".join(
        f"body:not(:has(#{kind}:checked)) .{kind} {{ display: none; }}" for kind in kinds
    )
    parts = [Markup(HEAD.format(hiding=hiding)), Markup("<header><nav>")]  # noqa: S704
    parts += [Markup('<a href="#{0}">{0}</a>').format(role) for role in ROLES]
    parts.append(Markup("</nav><nav>"))
    box = Markup('<label><input type="checkbox" id="{}" checked> {}</label>')
    parts += [box.format(kind, kind.replace("-", " ")) for kind in kinds]
    parts.append(Markup("</nav></header>"))
    picture = Markup(
        '<li class="{look} {state}{wide}"><a href="{file}">'
        '<img src="{file}" alt="{title}" width="{w}" height="{h}" loading="lazy"></a>'
        "{title}<small>{address}</small><small>{file}</small></li>"
    )
    for role, mine in groupby(lines, itemgetter("role")):
        parts.append(Markup('<section id="{0}"><h2>{0}</h2><ul>').format(role))
        for one in mine:
            w, h = one.pop("size")
            one["look"] = one["look"].replace(" ", "-")
            parts.append(picture.format(**one, w=w, h=h, wide=" wide" if w > 600 else ""))
        parts.append(Markup("</ul></section>"))
    return "\n".join(parts)


def main() -> None:
    began = time.monotonic()
    provide()
    shutil.rmtree(FOLDER, ignore_errors=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/browser/pictures.py"]
    with room():
        failed = subprocess.run([*words, *sys.argv[1:]], cwd=ROOT, check=False).returncode
    lines = told()
    count = len(lines)
    (FOLDER / "index.html").write_text(sheet(lines), encoding="utf-8")
    took = time.monotonic() - began
    print(f"{count} pictures in {took:.0f} s: {(FOLDER / 'index.html').relative_to(ROOT)}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
