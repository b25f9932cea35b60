"""The doors of messages: the office's outbox, one's own wishes, the one-click stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound
from talent.i18n import gettext as _
from talent.messages import service
from talent.messages.forms import WantedForm
from talent.messages.models import MessageKind, MessageState
from talent.web import actor, csrf, done, form_page, respond

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.web import Answer

bp = Blueprint("messages", __name__, url_prefix="/messages")
SEE, SEND = Permission.SEE_MESSAGES, Permission.SEND_MESSAGES
Choice = TypeVar("Choice", bound="StrEnum")


@bp.get("/")
@allow(SEE)
def index() -> Answer:
    """The outbox, what is in trouble on top, and the heartbeat of the timed work."""
    state, kind = _chosen(MessageState, "state"), _chosen(MessageKind, "kind")
    before = request.args.get("after", type=int)
    now = clock.now()
    found, following = service.outbox(actor(), SEE, state=state, kind=kind, before=before)
    return render_template(
        "messages/index.html",
        messages=found,
        following=following,
        troubled=service.troubled(actor(), SEE, now),
        counts=service.counts(actor(), SEE),
        resting=service.resting(now),
        state=state,
        kind=kind,
        states=MessageState,
        kinds=MessageKind,
        in_trouble=lambda message: service.in_trouble(message, now),
    )


@bp.post("/<int:message_id>/again")
@allow(SEND)
def again(message_id: int) -> Answer:
    """Send once more what was given up or is in doubt."""
    message = service.visible_message(actor(), SEND, message_id)
    service.again(message, actor=actor(), now=clock.now())
    said = _("The message will be sent again within a minute.")
    return respond(
        "messages/_message.html",
        to=url_for("messages.index"),
        said=said,
        message=message,
        in_trouble=lambda _message: False,
    )


@bp.get("/preferences")
@allow(Permission.SIGNED_IN)
def preferences() -> Answer:
    """Which messages I want."""
    person_id = actor().person_id
    unwanted = service.stopped(person_id) if person_id else set()
    wanted = [kind for kind in service.OPTIONAL if kind not in unwanted]
    return _preferences(WantedForm(kinds=wanted))


@bp.post("/preferences")
@allow(Permission.SIGNED_IN)
def choose() -> Answer:
    """Keep what I chose."""
    form, person_id = WantedForm(), actor().person_id
    if person_id is None:
        raise NotFound
    if not form.validate():
        return _preferences(form)
    service.choose(person_id, form.kinds.data or (), now=clock.now())
    return done(url_for("messages.preferences"), _("Your choice was saved."))


def _preferences(form: WantedForm) -> Answer:
    essential = [kind for kind in MessageKind if kind not in service.OPTIONAL]
    return form_page("messages/preferences.html", form=form, essential=essential)


@bp.get("/stop/<token>")
@allow(Permission.PUBLIC, Scope.TOKEN)
def stop(token: str) -> Answer:
    """Ask before stopping: programs that only look at links must not stop anything."""
    _person_id, kind = service.read_stop_token(token)
    return render_template("messages/stop.html", kind=kind, stopped=False)


@bp.post("/stop/<token>")
@allow(Permission.PUBLIC, Scope.TOKEN)
@csrf.exempt
def stopped(token: str) -> Answer:
    """One click, also by the reader's mail program, which has neither cookie nor session."""
    person_id, kind = service.read_stop_token(token)
    service.stop(person_id, kind, now=clock.now())
    return render_template("messages/stop.html", kind=kind, stopped=True)


def _chosen(words: type[Choice], name: str) -> Choice | None:
    """A word of a closed list from the address, or nothing."""
    given = request.args.get(name, "")
    return words(given) if given in set(words) else None
