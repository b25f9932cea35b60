"""The doors of the designated system: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.national.answers import views as answers
from talent.national.batches import views as batches
from talent.national.mappings import views as mappings
from talent.national.records import views as records

bp = Blueprint("national", __name__, url_prefix="/national")

READ, WRITE, FORM = ["GET"], ["POST"], ["GET", "POST"]

for address, name, view, methods in (
    ("/", "index", records.index, READ),
    ("/lists/<kind>", "records", records.index, READ),
    ("/records/<int:record_id>", "record", records.show, READ),
    ("/records/<int:record_id>/withdrawal", "withdraw", answers.withdraw, WRITE),
    ("/batches/", "batches", batches.index, READ),
    ("/batches/new", "look", batches.look, READ),
    ("/batches/new", "send", batches.send, WRITE),
    ("/batches/<int:batch_id>", "batch", batches.show, READ),
    ("/batches/<int:batch_id>/file", "file", batches.file, WRITE),
    ("/answers/new", "new_answer", answers.upload, FORM),
    ("/answers/<int:file_id>", "answer", answers.show, READ),
    ("/answers/<int:file_id>", "take_answer", answers.take, WRITE),
    ("/mappings/", "mappings", mappings.index, READ),
    ("/mappings/<int:mapping_id>", "mapping", mappings.show, READ),
    ("/mappings/new", "new_mapping", mappings.new, FORM),
):
    bp.add_url_rule(address, name, view, methods=methods)
