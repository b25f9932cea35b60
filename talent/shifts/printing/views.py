"""The door to paper: a shift, a day by places, or a week, as roster or as sign-in sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import current_app, g, render_template, url_for
from htmx_flask import request

from talent import clock, qr
from talent.access import Permission, allow
from talent.i18n import gettext
from talent.offices.models import Setting
from talent.rules.certificates import masked_name
from talent.shifts.assignments import service as assignments
from talent.shifts.board import service as board
from talent.shifts.board.forms import wanted
from talent.shifts.board.service import Group, Grouping, View
from talent.shifts.eligibility import service as eligibility
from talent.shifts.printing import service
from talent.web import actor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from markupsafe import Markup

    from talent.shifts.printing.service import Sheet
    from talent.web import Answer


@allow(Permission.SEE_SHIFTS)
def board_paper() -> Answer:
    now, number = clock.now(), request.args.get("shift", type=int)
    g.zone = board.zone_of(actor(), request.args.get("office", type=int))
    sought = wanted(request.args, clock.today(g.zone, now))
    if number:
        shift = assignments.visible_shift(actor(), Permission.SEE_SHIFTS, number)
        card = service.card_of(shift, actor(), now)
        groups, more = [Group(shift.id, shift.where, None, {shift.day: [card]})], False
    else:
        view = View.DAY if sought.view is View.DAY else View.WEEK
        by = Grouping.PROJECT if sought.by is Grouping.PROJECT else Grouping.PLACE
        sought = replace(sought, view=view, by=by, after=None)
        shown = board.region(actor(), sought, zone=g.zone, now=now, most=service.MOST)
        groups, more = service.held(shown.groups), shown.after is not None
    signing = request.args.get("kind") == "signing"
    sheets = service.sheets(groups) if signing else []
    phones = request.args.get("phones") == "1" and actor().may(Permission.SEE_PEOPLE)
    return render_template(
        "shifts/sign_in_sheets.html" if signing else "shifts/duty_roster.html",
        groups=groups,
        sheets=sheets,
        more=more,
        most=service.MOST,
        wanted=sought,
        kept={k: v for k, v in request.args.items() if k not in {"kind", "masked", "phones"}},
        masked=masked_name if request.args.get("masked") == "1" else str,
        phones=service.phones(groups) if phones else None,
        codes=_codes(sheets, now),
        now=now,
    )


def _codes(sheets: Sequence[Sheet], now: datetime) -> dict[int, tuple[Markup, str]]:
    """The code on each sheet and what it is for, by the shift's id.

    One signs in by it; where the code at the door changes, the leader keys the sheet in by it.
    """
    told = eligibility.settings_for([sheet.card.shift for sheet in sheets], now)
    drawn = {}
    for shift in (sheet.card.shift for sheet in sheets):
        if told[shift.project.office_id][Setting.SCAN_CODE] == "rotating":
            path, said = url_for("shifts.sheet", shift_id=shift.id), gettext("To key it in")
        else:
            path, said = url_for("shifts.scan", token=shift.scan_token), gettext("Or by phone")
        drawn[shift.id] = qr.code_of(current_app.config["PUBLIC_URL"] + path), said
    return drawn
