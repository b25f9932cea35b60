"""The eight core tasks: how many steps each takes, and about how long, measured in the story."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).with_name("kept_tasks.json")
STEPS = ("taps", "typed", "screens")
WORSE = 1.1  # of the seconds; steps may not grow at all
# Keystroke-level model, in seconds: thinking before each tap and field, reaching for it, a key on a
# phone and on a keyboard, and looking over a screen that is new.
THINK, REACH, KEY_ON_PHONE, KEY, LOOK = 1.35, 1.1, 0.5, 0.28, 2.0


@dataclass
class Task:
    """What it took: taps, fields typed into, screens seen, keys, seconds of the machine."""

    taps: int
    typed: int
    screens: int
    keys: int
    machine: float
    phone: bool

    @property
    def steps(self) -> int:
        return self.taps + self.typed + self.screens

    @property
    def person(self) -> float:
        """Seconds of somebody who knows what he wants."""
        key = KEY_ON_PHONE if self.phone else KEY
        return (THINK + REACH) * (self.taps + self.typed) + key * self.keys + LOOK * self.screens

    @property
    def seconds(self) -> float:
        return self.person + self.machine


class Tasks(dict):
    """The tasks that were done, by name."""

    @contextmanager
    def __call__(self, name, visitor):
        before = visitor.taps, visitor.typed, visitor.keys
        visitor.screens.clear()
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        now = visitor.taps, visitor.typed, visitor.keys
        taps, typed, keys = (b - a for a, b in zip(before, now, strict=True))
        self[name] = Task(
            taps, typed, len(visitor.screens), keys, round(took, 2), bool(visitor.phone)
        )

    def save(self, path):
        told = {name: asdict(task) for name, task in self.items()}
        Path(path).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def read(path=KEPT):
    """Tasks as they were kept."""
    told = json.loads(Path(path).read_text(encoding="utf-8"))
    return {name: Task(**each) for name, each in told.items()}


def grown(done, kept):
    """What takes more steps than it did."""
    return [
        f"{name}: {getattr(task, each)} {each}, not {getattr(kept[name], each)}"
        for name, task in done.items()
        for each in STEPS
        if getattr(task, each) > getattr(kept[name], each)
    ]
