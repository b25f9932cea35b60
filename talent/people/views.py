"""The doors of people."""

from __future__ import annotations

from flask import Blueprint

from talent.people import models as models

bp = Blueprint("people", __name__, url_prefix="/people")
