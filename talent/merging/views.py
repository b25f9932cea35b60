"""The doors of merging: likely duplicates, two files side by side, what was joined."""

from __future__ import annotations

from flask import Blueprint

from talent.merging import models  # noqa: F401 - its tables

bp = Blueprint("merging", __name__, url_prefix="/merging")
