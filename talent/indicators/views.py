"""The table of doors of indicators, volunteers beside staff, and workload."""

from __future__ import annotations

from flask import Blueprint

from talent.indicators.alongside import views as alongside
from talent.indicators.caseload import views as caseload
from talent.indicators.ceilings import views as ceilings
from talent.indicators.counts import views as counts
from talent.indicators.definitions import views as definitions
from talent.indicators.report import views as report
from talent.indicators.stated import views as stated

bp = Blueprint("indicators", __name__, url_prefix="/indicators")
BOTH = ["GET", "POST"]
POST = ["POST"]
for rule, name, view, methods in (
    ("/", "index", report.index, None),
    ("/report.xlsx", "sheet", report.sheet, None),
    ("/report.pdf", "paper", report.paper, None),
    ("/<int:indicator_id>", "show", report.show, None),
    ("/figures", "figures", stated.index, None),
    ("/figures/new", "state", stated.new, BOTH),
    ("/figures/<int:figure_id>/edit", "edit_figure", stated.edit, BOTH),
    ("/definitions", "definitions", definitions.index, None),
    ("/definitions/new", "define", definitions.new, BOTH),
    ("/definitions/<int:indicator_id>/standing", "turn", definitions.turn, POST),
    ("/definitions/<int:indicator_id>/targets/new", "new_target", definitions.new_target, BOTH),
    ("/targets/<int:target_id>/end", "end_target", definitions.end_target, BOTH),
    ("/alongside", "alongside", alongside.index, None),
    ("/alongside/services", "services", alongside.services, None),
    ("/alongside/services/<int:project_id>", "service", alongside.show, None),
    ("/alongside/services/<int:project_id>/served", "state_served", alongside.state, BOTH),
    ("/workload", "workload", caseload.index, None),
    ("/workload/sheet", "enter_cases", counts.enter, BOTH),
    ("/workload/ceilings", "ceilings", ceilings.index, None),
    ("/workload/kinds/new", "new_work_kind", ceilings.new_kind, BOTH),
    ("/workload/kinds/<int:kind_id>/ceilings/new", "new_ceiling", ceilings.new_ceiling, BOTH),
    ("/workload/ceilings/<int:ceiling_id>/end", "end_ceiling", ceilings.end_ceiling, BOTH),
):
    bp.add_url_rule(rule, name, view, methods=methods)
