"""Whether HTML is valid, by html-validate, and which browsers can read a script, by acorn.

Both are installed once beside the build.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

SOURCE = Path(__file__).parent / "validator"
PLACE = Path(__file__).parents[2] / "build" / "validator"


def faults(pages: dict[str, str]) -> dict[str, list[str]]:
    """What is not valid, by the name of the page; all are asked at once."""
    return _asked("validate.mjs", pages)


def editions(scripts: dict[str, str]) -> dict[str, int]:
    """The edition of ECMAScript that each script needs, by its name."""
    return _asked("parse.mjs", scripts)


def _asked(program, texts):
    _provide()
    done = subprocess.run(
        ["node", program], cwd=PLACE, input=json.dumps(texts),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def _provide() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    wanted, had = SOURCE / "package.json", PLACE / "package.json"
    with FileLock(PLACE / "lock"):
        if not had.exists() or had.read_bytes() != wanted.read_bytes():
            had.unlink(missing_ok=True)
            _install(had)
        for program in SOURCE.glob("*.mjs"):
            shutil.copy(program, PLACE / program.name)


def _install(had: Path) -> None:
    """The list of what is wanted is put there last: half an installation is begun anew."""
    room = PLACE / "room"
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    shutil.copy(SOURCE / "package.json", room / "package.json")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    subprocess.run(["npm", "install", *quiet], cwd=room, check=True)
    shutil.rmtree(PLACE / "node_modules", ignore_errors=True)
    (room / "node_modules").rename(PLACE / "node_modules")
    (room / "package.json").rename(had)
    room.rmdir()
