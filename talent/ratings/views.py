"""The doors of ratings, as a table of addresses."""

from __future__ import annotations

from flask import Blueprint

from talent.ratings import desk, guests, mine

bp = Blueprint("ratings", __name__, url_prefix="/ratings")
READ, FORM = ["GET"], ["GET", "POST"]

for address, view, methods in (
    # The office's
    ("/", desk.index, READ),
    ("/projects", desk.projects, READ),
    ("/<int:rating_id>/answer", desk.answer, FORM),
    ("/shifts/<int:shift_id>/link", desk.link, READ),
    # The volunteer's
    ("/mine", mine.mine, READ),
    ("/shifts/<int:shift_id>/mine", mine.rate, FORM),
    # Everybody's
    ("/of/<token>", guests.guest, FORM),
    ("/answers/<token>", guests.guest_answer, READ),
    ("/thanks", guests.thanks, READ),
    ("/projects/<int:project_id>", guests.project, READ),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
