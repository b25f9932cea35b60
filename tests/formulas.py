"""No cell of ours runs in a real spreadsheet program: `make formulas` (needs LibreOffice calc).

What could run is written as CSV and as a workbook by the two writers that all exports use, opened
by LibreOffice, and looked at as it then stands. A table that is not guarded has to run first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from talent.sheets.streaming import stream_csv, stream_xlsx  # noqa: E402
from talent.sheets.writing import write_csv, write_xlsx  # noqa: E402

SIGNS = ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\u00a0", "\u3000", "\u200b", "x\n", "x\r\n", "'")
BODIES = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://127.0.0.1:9/","x")', "SUM(A1:A9)", "A1")
TEXTS = [f"{before}{sign}{body}" for before, sign, body in product(BEFORE, SIGNS, BODIES)]
ROWS = [[each, "13800138000", "110105199003140037"] for each in TEXTS]
COLUMNS = ["=1+1", "phone", "number"]


def opened(folder: Path, name: str, content: bytes) -> str:
    """The table as LibreOffice has it after opening the file."""
    (folder / name).write_bytes(content)
    command = [
        "soffice", "--headless", f"-env:UserInstallation=file://{folder}/home",
        "--convert-to", "fods", "--outdir", str(folder), str(folder / name),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / name).with_suffix(".fods").read_text(encoding="utf-8")


def running(table: str) -> int:
    """How many cells of an opened table run."""
    return len(re.findall(r"table:formula=", table))


def main() -> None:
    if shutil.which("soffice") is None:
        sys.exit("This needs LibreOffice: apt-get install libreoffice-calc-nogui")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        raw = "".join(f"={number}+1,x\r\n" for number in range(5)).encode()
        seen = running(opened(folder, "raw.csv", raw))
        print(f"unguarded: {seen} of 5 cells run")
        wrong = seen != 5
        for name, content in {
            "short.csv": write_csv(COLUMNS, ROWS),
            "long.csv": stream_csv(COLUMNS, ROWS),
            "short.xlsx": write_xlsx("=1+1", COLUMNS, ROWS),
            "long.xlsx": stream_xlsx("=1+1", COLUMNS, ROWS),
        }.items():
            table = opened(folder, name, content)
            ran, kept = running(table), table.count("1+1")
            print(f"{name}: {ran} of {len(ROWS)} rows run, {kept} texts are there")
            wrong |= ran > 0 or kept < len(TEXTS) // len(BODIES)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
