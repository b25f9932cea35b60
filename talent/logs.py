"""What is written down of each request and each failure: one line, a number, and nobody's data."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import g
from htmx_flask import request
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from talent import metrics

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as WerkzeugResponse

    from talent.access import Actor

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another over the telephone
GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
ASKED_OFTEN = frozenset({"healthz", "readyz", "metrics", "static"})  # by machines
LONGEST = 300
log = logging.getLogger("talent.requests")

# How many statements this request has sent to the database.
_sent: ContextVar[list[int] | None] = ContextVar("sent", default=None)

# What may be somebody's, in the words of an error: quoted texts, long numbers, addresses, names.
_TAIL = re.compile(r"\n?(DETAIL:|CONTEXT:|\[SQL|\[parameters|\(Background).*", re.DOTALL)
_SOMEBODY = re.compile(
    r"'[^'\n]*'|\"[^\"\n]*\"|“[^”]*”|`[^`]*`|\(([^()\n]*)\)=\(([^()\n]*)\)"
    r"|\S+@\S+|\+?\d[\d -]{4,}[\dXx]|[\u2e80-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class OneLine(logging.Formatter):
    """A record as one line of JSON: whatever stands in it cannot make a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **getattr(record, "said", {"said": record.getMessage()}),
        }
        if (number := _request_id()) and "request" not in line:
            line["request"] = number
        if record.exc_info and record.exc_info[1]:
            line |= _failure(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


class Plain(logging.Formatter):
    """The same for somebody's eyes, on an office's own machine."""

    def format(self, record: logging.LogRecord) -> str:
        said = getattr(record, "said", None)
        text = record.getMessage() if said is None else _sentence(said)
        line = f"{record.levelname} {_CONTROL.sub(' ', text)}"
        if record.exc_info and record.exc_info[1]:
            line += "\n" + "".join(traceback.format_exception(record.exc_info[1])).rstrip()
        return line


def init_app(app: Flask) -> None:
    """Lines go to where errors of processes go; each request leaves one."""
    logging.getLogger("talent").setLevel(app.config["LOG_LEVEL"])
    if not app.config["TESTING"]:
        root = logging.getLogger()
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(OneLine() if app.config["LOG_FORMAT"] == "json" else Plain())
        root.handlers = [lines]
        root.setLevel(logging.WARNING)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a run that waits is no news
    app.log_exception = _not_by_flask  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_answered)
    app.teardown_request(_end)


def _not_by_flask(exc_info: Any) -> None:
    """Flask would write the address, and all that was said; the border writes what may stay."""


def plain_error(error: BaseException) -> str:
    """An error in one line: what it is and where, and of what was said only what names nobody.

    Any text may repeat what somebody typed; of a database's and a system's the frame is known.
    """
    said = ""
    if isinstance(error, SQLAlchemyError):
        said = _SOMEBODY.sub("…", _TAIL.sub("", str(getattr(error, "orig", None) or error)))
    elif isinstance(error, OSError):
        said = error.strerror or ""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    text = _CONTROL.sub(" ", f": {said.strip()}" if said.strip() else "")
    return f"{type(error).__name__}{where}{text}"[:LONGEST]


def acting(who: Actor) -> None:
    """Who sends this request, as numbers."""
    g.acting = who.account_id, who.held[0].office_id if who.held else None


def _request_id() -> str | None:
    return g.get("request_id") if g else None


def _begin() -> None:
    g.request_id = _given() or _made()
    g.began = time.perf_counter()
    _sent.set([0])


def _given() -> str | None:
    """The number that a proxy gave the request: only one whom we trust, only if it is one."""
    number = request.headers.get("X-Request-ID", "")
    trusted = "werkzeug.proxy_fix.orig" in request.environ
    return number if trusted and GIVEN.fullmatch(number) else None


def _made() -> str:
    signs = "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(8))
    return f"{signs[:4]}-{signs[4:]}"


def _answered(response: WerkzeugResponse) -> WerkzeugResponse:
    g.status = response.status_code
    response.headers["X-Request-ID"] = g.get("request_id") or _made()
    return response


def _end(error: BaseException | None) -> None:
    """Once for each request, whatever became of it; the address and what was sent stay out."""
    if (began := g.pop("began", None)) is None:
        return
    took, status = time.perf_counter() - began, 500 if error else g.get("status", 500)
    sent = _sent.get()
    queries = sent[0] if sent else 0
    endpoint = request.endpoint or ""
    metrics.request(endpoint, status, took, queries)
    if endpoint in ASKED_OFTEN:
        return
    account, office = g.get("acting", (None, None))
    said = {
        "request": g.request_id,
        "method": request.method if request.method in METHODS else "other",
        "endpoint": endpoint or None,
        "status": status,
        "ms": round(took * 1000, 1),
        "queries": queries,
        "account": account,
        "office": office,
    }
    log.info("request", extra={"said": said})


METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


def _sentence(said: dict[str, Any]) -> str:
    """`GET shifts.mine 200 12.3 ms, 4 queries, account 7 (AB2D-9KXY)`."""
    who = f", account {said['account']}" if said.get("account") else ""
    return (
        f"{said.get('method')} {said.get('endpoint') or '-'} {said.get('status')} "
        f"{said.get('ms')} ms, {said.get('queries')} queries{who} ({said.get('request')})"
    )


def _failure(error: BaseException) -> dict[str, Any]:
    """Where it went wrong, from the cause to the end."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return {
        "error": [plain_error(one) for one in reversed(chain)],
        "where": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for one in reversed(chain)
            for frame in traceback.extract_tb(one.__traceback__)
        ],
    }


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_given: Any) -> None:
    if (sent := _sent.get()) is not None:
        sent[0] += 1
