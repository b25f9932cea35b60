"""Which release stands beside this one, and whether this clone has its code."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The last release that landed, and its last migration.
RELEASE, MIGRATION = "7a43c3b", "0004"
MISSING = (
    f"The code of the release before ({RELEASE}) is not in this clone."
    " Where it is a shallow one: git fetch --unshallow"
)


def known():
    """Whether the release before can be taken out of the history."""
    asked = ["git", "-C", str(ROOT), "cat-file", "-e", f"{RELEASE}^{{commit}}"]
    try:
        return not subprocess.run(asked, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False  # an archive, on a machine without git
