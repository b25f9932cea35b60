"""The doors of recognition: each address and what answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from talent.recognition.awards import views as awards
from talent.recognition.evaluations import views as evaluations
from talent.recognition.roll import views as roll
from talent.recognition.schemes import views as schemes
from talent.recognition.stars import views as stars

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.web import Answer

bp = Blueprint("recognition", __name__, url_prefix="/recognition")

PAGES: dict[str, tuple[str, Callable[..., Answer]]] = {
    "index": ("/", stars.index),
    "child": ("/children/<int:person_id>", stars.child),
    "roll": ("/roll/<int:office_id>", roll.show),
    "person": ("/people/<int:person_id>", stars.person),
    "applications": ("/applications", stars.applications),
    "application": ("/applications/<int:application_id>", stars.application),
    "granted": ("/stars", stars.granted),
    "grant": ("/stars/<int:grant_id>", stars.grant),
    "pdf": ("/stars/<int:grant_id>/pdf", stars.pdf),
    "evaluations": ("/evaluations", evaluations.index),
    "awards": ("/awards", awards.index),
    "award": ("/awards/<int:award_id>", awards.show),
    "paper": ("/awards/<int:award_id>/evidence", awards.paper),
    "schemes": ("/schemes", schemes.index),
}
FORMS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "refuse": ("/applications/<int:application_id>/refusal", stars.refuse),
    "withdraw": ("/stars/<int:grant_id>/withdrawal", stars.withdraw),
    "keep": ("/stars/<int:grant_id>/confirmation", stars.keep),
    "evaluate": ("/records/<int:record_id>/evaluation", evaluations.evaluate),
    "evaluate_shift": ("/shifts/<int:shift_id>/evaluation", evaluations.evaluate_shift),
    "new_award": ("/people/<int:person_id>/awards/new", awards.new),
    "withdraw_award": ("/awards/<int:award_id>/withdrawal", awards.withdraw),
    "new_scheme": ("/schemes/new", schemes.new),
    "end_scheme": ("/schemes/<int:scheme_id>/end", schemes.end),
}
ACTS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "apply": (
        "/people/<int:person_id>/levels/<int:level_id>/<period_code>/application",
        stars.apply,
    ),
    "take_back": ("/applications/<int:application_id>/end", stars.take_back),
    "take": ("/applications/<int:application_id>/grant", stars.take),
    "verify_award": ("/awards/<int:award_id>/verification", awards.verify),
}
for doors, methods in ((PAGES, ["GET"]), (FORMS, ["GET", "POST"]), (ACTS, ["POST"])):
    for name, (address, view) in doors.items():
        bp.add_url_rule(address, name, view, methods=methods)
