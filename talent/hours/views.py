"""The doors of hours."""

from __future__ import annotations

from flask import Blueprint

from talent.hours import models as models

bp = Blueprint("hours", __name__, url_prefix="/hours")
