"""The doors of messages."""

from __future__ import annotations

from flask import Blueprint

from talent.messages import models as models

bp = Blueprint("messages", __name__, url_prefix="/messages")
