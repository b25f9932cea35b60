"""What machines ask: does this process live, may it be sent visitors, what has it counted."""

from __future__ import annotations

import hmac
import ipaddress
import shutil
import threading
from typing import TYPE_CHECKING

from flask import Response, current_app
from htmx_flask import request
from sqlalchemy.exc import SQLAlchemyError

from talent import clock
from talent.access import Permission, allow
from talent.db import migrated
from talent.errors import NotFound
from talent.operation import figures, service

if TYPE_CHECKING:
    from flask import Flask

    from talent.web import Answer

WITHIN = 2.0  # seconds that the database has for its answer
LEAST = 50 * 1024 * 1024  # bytes that must be free where Talent writes
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")
_asking = threading.Lock()


def init_app(app: Flask) -> None:
    """The doors of machines."""
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)


@allow(Permission.PUBLIC)
def healthz() -> Answer:
    """Whether this process answers. It asks nobody: a database that is away is no reason to die."""
    return _plain(["ok"])


@allow(Permission.PUBLIC)
def readyz() -> Answer:
    """Whether it may be sent visitors: database, tables, disk. The worker is only spoken of."""
    said = _database()
    troubles = [said] if isinstance(said, str) else []
    if shutil.disk_usage(current_app.config["TALENT_HOME"]).free < LEAST:
        troubles += ["the disk is full"]
    if not isinstance(said, str):
        age = "never seen" if said is None else f"last seen {said:.0f} s ago"
        return _plain([*(troubles or ["ok"]), f"worker: {age}"], 503 if troubles else 200)
    return _plain(troubles, 503)


@allow(Permission.PUBLIC)
def metrics() -> Answer:
    """Figures for whoever watches. Closed but to the token, or to this machine itself."""
    if not _may_read():
        raise NotFound
    answer = _plain(list(figures.lines(clock.now())))
    answer.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return answer


def _database() -> str | float | None:
    """What is wrong with the database; else how long ago a worker was seen, in seconds.

    A database that hangs is asked by a thread of its own, one at a time, and not waited for.
    """
    found: list[str | float | None] = []
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def ask() -> None:
        try:
            with app.app_context():
                found.append(_answer())
        finally:
            _asking.release()

    if not _asking.acquire(timeout=WITHIN):
        return "the database does not answer"
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(WITHIN)
    return found[0] if found else "the database does not answer"


def _answer() -> str | float | None:
    try:
        if not migrated():
            return "the database is not migrated"
        seen = service.worker_seen()
    except SQLAlchemyError:
        return "the database does not answer"
    return (clock.now() - seen).total_seconds() if seen else None


def _may_read() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return bool(current_app.config["METRICS_LOOPBACK"]) and _from_here()


def _from_here() -> bool:
    """From this machine, and not through a proxy that stands on it."""
    if any(name in request.headers for name in FORWARDED):
        return False
    before = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    try:
        return ipaddress.ip_address(before or request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _plain(lines: list[str], status: int = 200) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
