"""The doors of staffing."""

from __future__ import annotations

from flask import Blueprint

from talent.staffing import models as models

bp = Blueprint("staffing", __name__, url_prefix="/staffing")
