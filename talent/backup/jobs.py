"""Timed work: a backup each night, where the settings name a folder for it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app

from talent.backup import copies

if TYPE_CHECKING:
    from datetime import datetime

# Two in the morning in China: nobody is about, and the day's hours are all in.
NIGHT = timedelta(hours=18)  # of UTC


def nightly(now: datetime) -> str:
    """Make the backup of this night, once; one that failed is tried again an hour later."""
    folder = current_app.config["BACKUP_FOLDER"]
    if folder is None:
        return "no BACKUP_FOLDER is set"
    last = copies.newest(folder)
    if last is not None and (last - NIGHT).date() >= (now - NIGHT).date():
        return f"the last one is of {last:%Y-%m-%d %H:%M} UTC"
    began = time.monotonic()
    made = copies.back_up(folder, now=now)
    return f"{made.file.name}, {made.size} bytes, {time.monotonic() - began:.0f} s"
