"""Static files: served ahead of the app, at addresses that change with their bytes."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from whitenoise import WhiteNoise

from talent.headers import NO_PAGE, bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a static file with the hash of its bytes, to be kept for a year."""
    if current_app.debug:  # files change under a developer's hands
        return url_for("static", filename=name)
    known: dict[str, str] = current_app.extensions["talent_static"]
    return known[name]


def init_app(app: Flask) -> None:
    """Serve static files ahead of the app, under a path that changes with their bytes."""
    served = WhiteNoise(
        app.wsgi_app, max_age=31536000, add_headers_function=partial(_static_headers, app.config)
    )
    folder = Path(app.static_folder or "")
    known = app.extensions["talent_static"] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in {".br", ".gz"}:
            name = file.relative_to(folder).as_posix()
            known[name] = f"/static/{_digest(file)}/{name}"
            served.add_file_to_dictionary(known[name], str(file))
    app.jinja_env.globals["static_url"] = static_url
    app.wsgi_app = served  # type: ignore[method-assign]


def _static_headers(settings: Mapping[str, Any], headers: Any, _path: str, url: str) -> None:
    for name, value in {**bounds(settings), "Content-Security-Policy": NO_PAGE}.items():
        headers[name] = value
    if url.count("/") > 2:  # noqa: PLR2004 - the hash stands in the path
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
