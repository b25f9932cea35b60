"""A form that is sent twice is one act: the second one gets the answer of the first."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import flash, g, redirect
from htmx_flask import request
from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from talent.db import Model, db, upserting
from talent.i18n import gettext

if TYPE_CHECKING:
    from flask import Flask

FIELD = "form_key"
KEPT = timedelta(days=2)
LONGEST = 64  # characters of a key
_NOT_SAID = {FIELD, "csrf_token"}


class SentForm(Model):
    """A form that was sent: who sent what from which page, as a digest, and where it led.

    Written in the transaction of its act, so that there is either both or neither.
    """

    __tablename__ = "sent_form"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    location: Mapped[str | None] = mapped_column(String(2000))


def init_app(app: Flask) -> None:
    """Let forms ask for the key of the page that they stand on."""
    app.jinja_env.globals["form_key"] = form_key


def form_key() -> str:
    """The same in all forms of one answer, another one in the next."""
    if "form_key" not in g:
        g.form_key = secrets.token_urlsafe(12)
    key: str = g.form_key
    return key


def answered(account_id: int | None) -> Response | None:
    """The answer of the first, where this form was sent before. Nothing is written."""
    if (digest := _digest(account_id)) is None:
        return None
    query = select(SentForm.location).where(SentForm.digest == digest)
    found = db.session.execute(query).one_or_none()
    return None if found is None else _again(found.location)


def first(account_id: int | None, now: datetime) -> Response | None:
    """Take note of the form: None for the first, for a second one the answer of the first.

    One that is still being worked on is waited for, as for any row that somebody holds.
    """
    if (digest := _digest(account_id)) is None:
        return None
    row = upserting(SentForm).values(digest=digest, at=now).on_conflict_do_nothing()
    if db.session.execute(row.returning(SentForm.digest)).one_or_none() is None:
        return answered(account_id)
    g.sent_form = digest
    return None


def settle(response: Response, *, in_place: bool) -> None:
    """Before the act is committed: where it led. An answer that is a page can be asked for again.

    Whoever asks for a part of a page sees the whole page anew.
    """
    if (digest := g.pop("sent_form", None)) is None:
        return
    if response.location:
        told = update(SentForm).where(SentForm.digest == digest)
        db.session.execute(told.values(location=response.location[:2000]))
    elif not in_place:
        db.session.execute(delete(SentForm).where(SentForm.digest == digest))


def forget() -> None:
    """What was refused may be sent again, although something of it is kept."""
    if digest := g.pop("sent_form", None):
        db.session.execute(delete(SentForm).where(SentForm.digest == digest))


def forget_old(now: datetime) -> str:
    """The job: nobody sends a form of the day before yesterday again."""
    old = delete(SentForm).where(SentForm.at < now - KEPT).returning(SentForm.digest)
    return f"{len(db.session.scalars(old).all())} forgotten"


def _digest(account_id: int | None) -> str | None:
    """What makes a form this one. Of a stranger nothing is kept: signing in answers by itself."""
    key = request.form.get(FIELD, "")
    if not key or len(key) > LONGEST or account_id is None:
        return None
    told = hashlib.sha256()
    address = request.full_path.encode()
    for part in (str(account_id).encode(), key.encode(), request.method.encode(), address):
        told.update(b"%d:" % len(part) + part)
    for name, value in request.form.items(multi=True):
        if name not in _NOT_SAID:
            part = f"{len(name)}:{len(value)}:{name}={value}"
            told.update(part.encode("utf-8", "replace"))
    for name, file in request.files.items(multi=True):
        told.update(f"{name}={file.filename}:".encode("utf-8", "replace"))
        told.update(hashlib.file_digest(file.stream, "sha256").digest())
        file.stream.seek(0)
    return told.hexdigest()


def _again(location: str | None) -> Response:
    said = gettext("This form had been sent before. It was done once, and not a second time.")
    flash(said, "info")
    if request.htmx and not request.headers.get("HX-Boosted"):
        return Response(headers={"HX-Refresh": "true"})
    return redirect(location or "/", 303)
