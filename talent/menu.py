"""The menus: what a page offers to whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_login import current_user
from htmx_flask import request

from talent.access import Permission
from talent.addresses import address
from talent.i18n import gettext
from talent.rules.reason import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.access import Actor

# The main menu, a volunteer's and an office's: shown to those who hold the permission.
VOLUNTEER_MENU = (
    (N_("Shifts"), "shifts.for_me", Permission.TAKE_SHIFTS),
    (N_("My shifts"), "shifts.mine", Permission.SIGNED_IN),
    (N_("My hours"), "hours.index", Permission.SIGNED_IN),
    (N_("My certificates"), "certificates.index", Permission.SIGNED_IN),
    (N_("My training"), "training.mine", Permission.SIGNED_IN),
    (N_("My stars"), "recognition.index", Permission.SIGNED_IN),
    (N_("My time bank"), "timebank.mine", Permission.SIGNED_IN),
)
OFFICE_MENU = (
    (N_("Today"), "reports.index", Permission.SEE_OFFICES),
    (N_("People"), "people.index", Permission.SEE_PEOPLE),
    (N_("Board"), "shifts.board", Permission.SEE_SHIFTS),
    (N_("Projects"), "shifts.projects", Permission.SEE_SHIFTS),
    (N_("Hours"), "review.index", Permission.SEE_HOURS),
    (N_("Training"), "training.index", Permission.SEE_TRAINING),
    (N_("Certificates"), "certificates.register", Permission.SEE_CERTIFICATES),
    (N_("Ratings"), "ratings.index", Permission.SEE_RATINGS),
    (N_("Time bank"), "timebank.index", Permission.SEE_BANK),
    (N_("Recognition"), "recognition.applications", Permission.SEE_RECOGNITION),
    (N_("Staffing"), "staffing.index", Permission.SEE_STAFFING),
    (N_("Messages"), "messages.index", Permission.SEE_MESSAGES),
    (N_("Offices"), "offices.index", Permission.SEE_OFFICES),
)

# What is named only where it is on: asked of whoever reads, by the feature itself.
WHERE: dict[str, Callable[[Actor], bool]] = {}


def _named(endpoint: str, who: Actor) -> bool:
    return endpoint not in WHERE or WHERE[endpoint](who)


OF_HOURS = {
    "counting",
    "review",
    "approvals",
    "recording",
    "national",
    "amending",
    "corrections",
    "reminding",
    "proofs",
}


PART_OF = {
    "directory": "people",
    "lab": "offices",
    "indicators": "staffing",
    "intake": "people",
    "merging": "people",
    "operation": "messages",
    "renewals": "training",
    "teams": "people",
}


def _part(endpoint: str | None) -> str:
    """The part of the house that an endpoint belongs to."""
    name, _, door = (endpoint or "").partition(".")
    if name == "shifts" and door.startswith("board"):
        return "board"
    if name in PART_OF:
        return PART_OF[name]
    if name == "reports" and "yearly" in door:
        return "certificates"
    return "hours" if name in OF_HOURS else name


def main_menu(who: Actor) -> list[tuple[str, str, str]]:
    """Word, address, and where the reader is: on this "page", or deeper in its part ("true")."""
    if who.account_id is None:
        return []
    entries = OFFICE_MENU if who.staff else VOLUNTEER_MENU
    shown = [
        (word, endpoint)
        for word, endpoint, permission in entries
        if who.may(permission) and _named(endpoint, who)
    ]
    doors = [endpoint for _, endpoint in shown]
    part = _part(request.endpoint)
    section = next((each for each in doors if _part(each) == part), None)
    here = {request.endpoint: "page"} if request.endpoint in doors else {section: "true"}
    return [(gettext(word), address(each), here.get(each, "")) for word, each in shown]


def account_menu(who: Actor) -> dict[str, Any] | None:
    """The reader's name, what is his own, and the way out; None for a stranger."""
    if who.account_id is None:
        return None
    name = current_user.name
    links = [(name, address("accounts.settings"))]
    if who.staff and who.person_id:
        links += [
            (gettext(word), address(endpoint))
            for word, endpoint, _ in VOLUNTEER_MENU
            if _named(endpoint, who)
        ]
    elif who.person_id:
        links += [(gettext("My particulars"), address("people.me"))]
    return {
        "name": name,
        "links": links,
        "sign_out": address("accounts.sign_out"),
    }
