"""The page of the audit trail."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent.access import Permission, allow
from talent.audit import Act
from talent.reports.trail import service
from talent.web import actor

if TYPE_CHECKING:
    from talent.audit import AuditEntry
    from talent.web import Answer

# Where a thing is shown whose act stands in the trail, and by which name its door knows it.
SHOWN_AT = {
    "account": ("accounts.show", "account_id", Permission.GRANT_ROLES),
    "certificate": ("certificates.show", "certificate_id", Permission.SEE_CERTIFICATES),
    "course": ("training.show", "course_id", Permission.SEE_TRAINING),
    "credential": ("training.credential", "credential_id", Permission.SEE_TRAINING),
    "office": ("offices.show", "office_id", Permission.SEE_OFFICES),
    "person": ("people.show", "person_id", Permission.SEE_PEOPLE),
    "project": ("shifts.project", "project_id", Permission.SEE_SHIFTS),
    "service_record": ("hours.record", "record_id", Permission.SEE_HOURS),
    "shift": ("shifts.roster", "shift_id", Permission.SEE_SHIFTS),
}


@allow(Permission.SEE_AUDIT)
def audit() -> Answer:
    """Who did what, and when, by act, day and account."""
    act = next((each for each in Act if each.value == request.args.get("act")), None)
    account_id, before = (request.args.get(name, type=int) for name in ("account", "after"))
    day = _day(request.args.get("day", ""))
    found, following = service.traces(
        actor(), act=act, day=day, account_id=account_id, before=before
    )
    chosen = {"act": act, "day": day, "account": account_id}
    return render_template(
        "reports/audit.html",
        traces=found,
        acts=Act,
        chosen=chosen,
        address_of=_address,
        next_url=url_for("reports.audit", **chosen, after=following) if following else "",
    )


def _day(typed: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(typed)
    return None


def _address(entry: AuditEntry) -> str:
    table, _, number = entry.subject.partition(":")
    endpoint, name, permission = SHOWN_AT.get(table, ("", "", Permission.PUBLIC))
    if not endpoint or not number.isdecimal() or not actor().may(permission):
        return ""
    values: dict[str, Any] = {name: int(number)}
    return url_for(endpoint, **values)
