"""The doors of renewals: each address and what answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from talent.renewals.lapses import views as lapses
from talent.renewals.plans import views as plans
from talent.renewals.requirements import views as requirements

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.web import Answer

bp = Blueprint("renewals", __name__, url_prefix="/renewals")

PAGES: dict[str, tuple[str, Callable[..., Answer]]] = {
    "index": ("/", lapses.index),
    "requirements": ("/requirements", requirements.index),
    "requirement": ("/requirements/<int:requirement_id>", requirements.show),
    "mine": ("/mine", requirements.mine),
    "person": ("/people/<int:person_id>", requirements.person),
    "plans": ("/plans", plans.index),
    "plan": ("/plans/<int:plan_id>", plans.show),
    "export": ("/plans/<int:plan_id>/<any(demand,sessions):part>.xlsx", plans.export),
}
FORMS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "new_requirement": ("/requirements/new", requirements.new),
    "edit_requirement": ("/requirements/<int:requirement_id>/edit", requirements.edit),
    "end_requirement": ("/requirements/<int:requirement_id>/end", requirements.end),
    "new_plan": ("/plans/new", plans.new),
    "new_line": ("/plans/<int:plan_id>/lines/new", plans.new_line),
}
ACTS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "remind": (
        "/<any(credentials,checks,trainings,registrations):subject>/<int:id_>/reminder",
        lapses.remind,
    ),
    "drop_line": ("/plans/<int:plan_id>/lines/<int:line_id>/end", plans.drop_line),
}
for doors, methods in ((PAGES, ["GET"]), (FORMS, ["GET", "POST"]), (ACTS, ["POST"])):
    for name, (address, view) in doors.items():
        bp.add_url_rule(address, name, view, methods=methods)
