"""What the eight core tasks cost a person, as a table: `make tasks`.

The story in the browser is gone through RUNS times (3); steps are the same each time, of the
seconds the middle is taken. KEEP=1 writes down what may not get worse from now on, and
docs/tasks.md.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from run import provide, room

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from doing import KEPT, KEY, KEY_ON_PHONE, LOOK, REACH, THINK, WORSE, Tasks, grown, read  # noqa: E402

STORY = "tests/browser/test_story.py"
PAGE = ROOT / "docs" / "tasks.md"
TEXT = """# What the core tasks cost a person

Written by `make tasks KEEP=1`; `make tasks` measures anew and says what got worse. Each task is
gone through in the story of the browser tests (`tests/browser/test_story.py`), a volunteer's in a
phone's window of 360 pixels, an office's at a desk, in Chinese. **Steps** are taps, fields typed
into and screens seen, counted from the page one starts on (the first page; for the sign-up the
link of the letter that says one is accepted; for the code what it opens). They are the same each
time, and the suite is red when one task takes a step more than is kept in
`tests/browser/kept_tasks.json`.

{table}

**The machine** is server and browser together on the machine of the tests, the middle of several
runs. **The person** is the keystroke-level model: {think} s of thinking and {reach} s of reaching
for each tap and each field, {phone} s a key on a phone and {desk} s on a keyboard (three keys a
Chinese character), {look} s for looking over each screen. It is for somebody who knows what he
wants; comparing is what it is good for.

Two more bounds, asserted in the same story: from the first visit to a place on a shift at most 6
screens; from the link of a reminder, on a device that does not know him, a volunteer has signed
in, given his place up and taken it again with 3 taps.
"""
WORDS = {
    "register": "A volunteer makes an account and registers",
    "take an application": "A clerk takes the application",
    "publish a shift": "A clerk plans and publishes a shift",
    "sign up": "The volunteer signs up for it, by the letter of acceptance",
    "check in by code": "On the spot he checks in by the code",
    "print the certificate": "He sees his hours and downloads the certificate",
    "confirm hours": "A clerk confirms hours that wait",
    "see who is missing": "A manager sees the shortfall and opens the people behind it",
}


def measured(runs: int, home: Path) -> dict:
    """The tasks as several runs found them, with the middle of their seconds."""
    found = []
    for number in range(runs):
        file = home / f"{number}.json"
        words = [sys.executable, "-m", "pytest", "-q", STORY, "-k", "phone"]
        told = {**os.environ, "TASKS": str(file)}
        done = subprocess.run(
            words, cwd=ROOT, env=told, capture_output=True, text=True, check=False
        )
        if not file.exists():
            sys.exit(done.stdout + done.stderr)
        found.append(read(file))
    return {
        name: replace(task, machine=statistics.median(each[name].machine for each in found))
        for name, task in found[0].items()
    }


def table(tasks: dict) -> str:
    lines = [
        "| task | taps | fields | screens | steps | machine | person |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {words} | {one.taps} | {one.typed} | {one.screens} | **{one.steps}** "
        f"| {one.machine:.1f} s | {one.person:.0f} s |"
        for name, words in WORDS.items()
        for one in [tasks[name]]
    ]
    return "\n".join(lines)


def main() -> None:
    provide()
    with room():
        tasks = measured(int(os.environ.get("RUNS", "3")), Path(os.environ["TMPDIR"]))
    print(table(tasks))
    if os.environ.get("KEEP"):
        Tasks(tasks).save(KEPT)
        told = {"think": THINK, "reach": REACH, "phone": KEY_ON_PHONE, "desk": KEY, "look": LOOK}
        PAGE.write_text(TEXT.format(table=table(tasks), **told), encoding="utf-8")
        return
    kept = read()
    slower = [
        f"{name}: {task.seconds:.1f} s, {task.seconds / kept[name].seconds - 1:.0%} more than kept"
        for name, task in tasks.items()
        if task.seconds > kept[name].seconds * WORSE
    ]
    print("\n".join(["", *(slower or ["No task takes a tenth longer than it was kept with."])]))
    if more := grown(tasks, kept):
        sys.exit("\n".join(more))


if __name__ == "__main__":
    main()
