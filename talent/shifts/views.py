"""The doors of shifts."""

from __future__ import annotations

from flask import Blueprint

from talent.shifts import models as models

bp = Blueprint("shifts", __name__, url_prefix="/shifts")
