"""Two strangers that verify badges, openbadgeslib and Digital Bazaar's, each in its own place."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent / "verifiers"
PLACE = ROOT / "build" / "verifiers"
PYTHON = PLACE / "venv" / "bin" / "python"
OPENBADGESLIB = "openbadgeslib[ldp]==4.6.3"  # its needs and ours differ: a venv of its own
CONTEXTS = ROOT / "talent" / "certificates" / "badges" / "contexts"
ADDRESSES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
}


def provide() -> None:
    """Install both, once for each change of what is asked for."""
    wanted = (SOURCE / "package.json").read_bytes() + OPENBADGESLIB.encode()
    stamp = PLACE / hashlib.sha256(wanted).hexdigest()[:16]
    PLACE.mkdir(parents=True, exist_ok=True)
    with FileLock(PLACE / "lock"):
        if not stamp.exists():
            _install()
            stamp.touch()
    for name in ("package.json", "verify.mjs"):
        shutil.copy(SOURCE / name, PLACE / name)


def _install() -> None:
    shutil.copy(SOURCE / "package.json", PLACE / "package.json")
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", PLACE / "venv"], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, OPENBADGESLIB], check=True)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    subprocess.run(["npm", "install", *quiet], cwd=PLACE, check=True)


def openbadgeslib(*badges, token="", issuer=None):
    """What the first says of each badge; with a token of a status list, of its bit too."""
    asked = {"badges": [_one(each, issuer) for each in badges], "token": token}
    return _answers([str(PYTHON), str(SOURCE / "verify.py")], asked)


def digitalbazaar(*badges, listed=None, issuer=None):
    """What the second says, with a status list as JSON."""
    contexts = {
        address: json.loads((CONTEXTS / name).read_text("utf-8"))
        for address, name in ADDRESSES.items()
    }
    asked = {"badges": [_one(each, issuer) for each in badges], "contexts": contexts}
    return _answers(["node", "verify.mjs"], asked | {"list": listed})


def _one(badge, issuer):
    return {"badge": badge, "issuer": issuer}


def _answers(command, asked):
    done = subprocess.run(
        command, cwd=PLACE, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
