"""The doors of offices."""

from __future__ import annotations

from flask import Blueprint

from talent.offices import models as models

bp = Blueprint("offices", __name__, url_prefix="/offices")
