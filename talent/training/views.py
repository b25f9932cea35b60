"""The doors of training."""

from __future__ import annotations

from flask import Blueprint

from talent.training import models as models

bp = Blueprint("training", __name__, url_prefix="/training")
