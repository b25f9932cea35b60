"""The doors of certificates."""

from __future__ import annotations

from flask import Blueprint

from talent.certificates import models as models

bp = Blueprint("certificates", __name__, url_prefix="/certificates")
