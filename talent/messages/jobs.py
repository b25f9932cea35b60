"""Timed work of messages: sending what is due, outside of any transaction."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, g

from talent import seal
from talent.db import db, one, writing
from talent.i18n import DEFAULT_ZONE, force_locale, gettext, named
from talent.ical import CANCEL, Entry, Invitation, invitation
from talent.mail import (
    BadAddress,
    InDoubt,
    Letter,
    NotTaken,
    Post,
    Unreachable,
    address,
    bare,
    compose,
)
from talent.messages import outbox, service
from talent.messages.models import CALENDAR, ESSENTIAL, Message, Trouble
from talent.messages.renewing import tell_renewed
from talent.rules.calendars import sequence

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 20
BATCHES = 5  # a run ends after so many, so that the worker can be stopped
log = logging.getLogger("talent.messages")


def deliver(now: datetime) -> str:
    """Send what is due. Opens its own doors: the mail server is never waited for in one."""
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    moment = _passing(now)
    gone = 0
    with Post(current_app.config) as post:
        for _ in range(BATCHES):
            with writing():
                batch = outbox.claim(worker, now=moment(), most=BATCH)
            for place, number in enumerate(batch):
                try:
                    gone += _send(post, number, worker, moment)
                except Unreachable as error:
                    _give_back(batch[place:], worker, moment(), str(error))
                    return f"{gone} sent; {error}"
            if not batch:
                break
    return f"{gone} sent"


def news_of_people(now: datetime) -> str:
    """Tell what happened to people below messages: decisions, interviews, entries asked for."""
    told = service.tell_decisions(now=now) + service.tell_claims(now=now)
    told += service.tell_applications(now=now) + tell_renewed(now=now)
    return f"{told} told"


def write(message: Message, now: datetime) -> Letter:
    """The letter of a message, in the reader's language, times in the zone of the office."""
    folder, config = f"messages/{message.kind}", current_app.config
    stop = None
    if message.kind not in ESSENTIAL and message.person_id is not None:
        token = service.stop_token(message.person_id, message.kind)
        stop = f"{config['PUBLIC_URL']}/messages/stop/{token}"
    facts = {name: _fact(name, value) for name, value in message.facts.items()}
    context = facts | {
        "facts": facts,
        "reader": message.person.name if message.person else "",
        "office": message.office,
        "zone": facts.get("zone") or (message.office.zone if message.office else DEFAULT_ZONE),
        "link": f"{config['PUBLIC_URL']}{message.facts.get('path', '/')}{message.secret or ''}",
        "stop": stop,
        "base": config["PUBLIC_URL"],
        "sign": seal.sign,  # for addresses at which one answers without signing in
    }
    g.zone = context["zone"]  # every letter says its own, so none is left over for the next
    with force_locale(message.language):
        # the app's own context speaks of a request, and there is none
        parts = [
            current_app.jinja_env.get_template(f"{folder}/{part}").render(context)
            for part in ("subject.txt", "body.txt", "body.html")
        ]
    return compose(
        number=message.id,
        key=message.once,
        to=message.address or "",
        subject=parts[0],
        text=parts[1],
        html=parts[2],
        now=now,
        settings=config,
        stop=stop,
        event=_event(message, context),
    )


def _event(message: Message, told: dict[str, Any]) -> tuple[str, bytes] | None:
    """What the reader's calendar has to know: the shift of a place, or that it is gone."""
    method = CALENDAR.get(message.kind)
    seated = "signup_id" in told and told["seated"]
    if method is None or not (seated or "interview_id" in told):
        return None
    config = current_app.config
    organizer, name = address(bare(config["MAIL_FROM"])), told["office"]
    with force_locale(message.language):
        entry = _entry(message, told, cancelled=method == CANCEL)
        to = Invitation(
            method=method,
            organizer=organizer.addr_spec,
            organizer_name=named(name) if name else "Talent",
            attendee=address(message.address or "").addr_spec,
            attendee_name=told["reader"],
        )
    return method, invitation(entry, to)


def _entry(message: Message, told: dict[str, Any], *, cancelled: bool) -> Entry:
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname
    if "interview_id" in told:
        uid, version = f"interview-{told['interview_id']}@{host}", 0
        way = told["way"]
        summary, description = gettext("Interview"), gettext(way)
    else:
        uid, version = f"signup-{told['signup_id']}@{host}", told["version"]
        summary = f"{named(told['project'])} · {named(told['position'])}"
        description = "\n".join(text for text in (told["note"], told["bring"]) if text)
    return Entry(
        uid=uid,
        starts_at=told["starts_at"],
        ends_at=told["ends_at"],
        summary=summary,
        changed_at=message.made_at,
        sequence=sequence(version, cancelled=cancelled),
        cancelled=cancelled,
        location=told["where"],
        description=description,
        url=told["link"],
    )


def _send(post: Post, number: int, worker: str, moment: Callable[[], datetime]) -> int:
    """Send one message; 1 when it is out."""
    try:
        letter = write(one(Message, number), moment())
    except BadAddress:
        return _failed(number, worker, Trouble.BAD_ADDRESS, moment(), for_good=True)
    except Exception:
        log.exception("message %s could not be written", number)
        return _failed(number, worker, Trouble.UNWRITTEN, moment())
    finally:
        db.session.rollback()  # nothing is held while the server is spoken to
    try:
        with post.ready(letter) as hand_over:
            with writing():
                mine = outbox.hand(number, worker, now=moment())
            if not mine:
                return 0
            hand_over()
    except NotTaken as no:
        answer, lasts = str(no), no.for_good
        return _failed(number, worker, Trouble.REFUSED, moment(), answer=answer, for_good=lasts)
    except InDoubt as error:
        with writing():
            outbox.doubt(number, worker, answer=str(error))
        return 0
    with writing():
        outbox.sent(number, worker, now=moment())
    return 1


def _failed(number: int, worker: str, trouble: Trouble, now: datetime, **more: Any) -> int:
    db.session.rollback()
    with writing():
        outbox.failed(number, worker, trouble, now=now, **more)
    return 0


def _give_back(numbers: list[int], worker: str, now: datetime, answer: str) -> None:
    """The server is away: all that this worker holds waits for a later try."""
    for number in numbers:
        _failed(number, worker, Trouble.UNREACHABLE, now, answer=answer)


def _passing(now: datetime) -> Callable[[], datetime]:
    """The moment that this run was given, and the time that it has taken since."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def _fact(name: str, value: Any) -> Any:
    """Moments and days as such, a thing with a name in two languages as such."""
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and (name == "day" or name.endswith("_on")):
        return date.fromisoformat(value)
    if isinstance(value, dict) and "name_zh" in value:
        return SimpleNamespace(**({"name_en": None} | value))
    return value
