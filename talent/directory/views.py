"""The table of doors of the directory; the page of people has the name by which all know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from talent.directory.acts import views as acts
from talent.directory.exports import views as exports
from talent.directory.lists import views as lists
from talent.directory.saved import views as saved

if TYPE_CHECKING:
    from flask.sansio.blueprints import BlueprintSetupState

bp = Blueprint("directory", __name__, url_prefix="/people")
BOTH = ["GET", "POST"]
POST = ["POST"]
for rule, name, view, methods in (
    ("/columns", "columns", lists.choose_columns, BOTH),
    ("/filters/new", "new_filter", saved.new_filter, BOTH),
    ("/filters/<int:filter_id>", "edit_filter", saved.edit_filter, BOTH),
    ("/filters/<int:filter_id>/removal", "remove_filter", saved.remove_filter, POST),
    ("/export", "export", exports.export, BOTH),
    ("/acts", "acts", acts.acts, None),
    ("/acts/new", "new_act", acts.new_act, BOTH),
    ("/acts/<int:act_id>", "act", acts.act, None),
    ("/acts/<int:act_id>/undo", "undo_act", acts.undo_act, POST),
    ("/acts/<int:act_id>/stop", "stop_act", acts.stop_act, POST),
):
    bp.add_url_rule(rule, name, view, methods=methods)


@bp.record_once
def _page_of_people(state: BlueprintSetupState) -> None:
    """The list is the page of people, and bears the name by which all features link to it."""
    state.app.add_url_rule("/people/", "people.index", lists.index)
