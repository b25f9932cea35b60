"""The border to the browser: guard, transactions, answers, errors, headers."""

from __future__ import annotations

import logging
import secrets
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_compress import Compress
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from htmx_flask import Htmx, request
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from talent import clock, cookies, denials, headers, logs, once, rendering, seal
from talent.access import NOBODY, Actor, Permission, Policy
from talent.db import db, reading, undo
from talent.errors import NotAllowed, NotFound, Refused
from talent.i18n import gettext, sentence
from talent.menu import account_menu, main_menu
from talent.outages import KINDS, Outage, outage
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flask import Flask
    from werkzeug.wrappers import Response as WerkzeugResponse

    Answer = WerkzeugResponse | str | tuple[str, int]

DEVICE = "device"  # the cookie by which a browser is known in which somebody signed in before
SAFE = {"GET", "HEAD", "OPTIONS"}
VARY = ("HX-Request", "Cookie")
ASKED_ABOUT = {400, 403, 413, 429}  # somebody calls the office, and can read out a number
UNASKED = {Outage.AWAY, Outage.LOST}  # the page that says so asks the database for nothing
log = logging.getLogger("talent")
csrf = CSRFProtect()


class Taken(Word):
    """Why an account does not become a person's."""

    PERSON = (
        "person",
        N_("This registration belongs to another account. Sign in with it, or reset its password."),
    )


def init_app(app: Flask) -> None:
    """Put the border up."""
    logs.init_app(app)  # first and last: its line tells what became of the request in the end
    app.before_request(_open)  # first of all: a refused token is an answer like any other
    app.before_request(_guard)  # whoever was signed out meanwhile is asked to sign in
    csrf.init_app(app)
    Htmx(app)
    Compress(app)
    once.init_app(app)
    app.before_request(_once)
    app.after_request(_settle)
    app.after_request(_headers)
    app.teardown_request(_forget)
    for kind in (Refused, NotAllowed, NotFound, CSRFError, HTTPException, *KINDS):
        app.register_error_handler(kind, render_error)
    app.register_error_handler(500, render_error)
    app.register_error_handler(OSError, _of_disk)
    for kind in (OverflowError, DataError):
        app.register_error_handler(kind, _beyond_numbers)
    app.context_processor(_context)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = cookies.Named(app.wsgi_app, app.config)  # type: ignore[method-assign]
    if hops := app.config["TRUSTED_PROXIES"]:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = fixed  # type: ignore[method-assign]


def actor() -> Actor:
    """Who sends this request, with what it holds."""
    user = current_user._get_current_object()  # noqa: SLF001 - a proxy asks anew each time
    who: Actor = user.actor if user.is_authenticated else NOBODY
    logs.acting(who)
    return who


def device() -> str | None:
    """The reader's browser, as a digest: the mark that it was given when somebody signed in."""
    kept = seal.signed(DEVICE, request.cookies.get(DEVICE, ""))
    return seal.blind_index(DEVICE, str(kept[0])) if kept else None


def become(person_id: int) -> None:
    """From now on the account that sends this request is this person's own."""
    account = current_user.account
    account.person_id = person_id
    try:
        db.session.flush()
    except IntegrityError:  # an account is one person's and a person has one account
        raise Refused([Taken.PERSON]) from None
    g._login_user = account  # noqa: SLF001 - what was read of it holds no more


def in_place() -> bool:
    """Whether the page asks for a part of itself, and not for the whole."""
    return bool(request.htmx) and not request.headers.get("HX-Boosted")


def respond(template: str, *, to: str, said: str | None = None, **context: Any) -> Answer:
    """Answer an act in place: the fragment for htmx, the page it belongs to for everyone else."""
    if in_place():
        return render_template(template, said=said, **context)
    return done(to, said)


def done(to: str, said: str | None = None) -> WerkzeugResponse:
    """After an act: go and see the result."""
    if said:
        flash(said)
    return redirect(to, 303)


def form_page(template: str, **context: Any) -> Answer:
    """A page with forms on it: 422 when one of them was refused."""
    failed = any(getattr(each, "failed", False) for each in context.values())
    return render_template(template, failed=failed, **context), 422 if failed else 200


def keep(refusal: Refused) -> None:
    """Before a form is shown again: what the refusal has to leave behind is committed with it."""
    g.kept = refusal.keeps


def own_path(target: str | None, otherwise: str) -> str:
    """A path of this site, or the other one: nobody is sent to a foreign address."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if not target.isprintable():  # a line's end in it would be one of the answer's head
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc or "\\" in target else target


def looks_first(
    look: Callable[..., None], *, again: bool = True
) -> Callable[[Callable[..., Answer]], Any]:
    """For an act that many want at once: who is refused does not wait for the lock of the writers.

    `look` is given what the view is given, and raises what it sees while nothing is held. Then the
    writing begins: the view asks everything anew. Who acts is read `again` where the look may take
    long; where it is short, the answer of a moment ago counts, as for every act that has to wait.
    """

    def declare(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(view)
        def act(**given: Any) -> Answer:
            look(**given)
            if again:
                undo()
                g.pop("_login_user", None)
                reading.set(False)
                return _guard() or _first() or view(**given)
            if db.engine.dialect.name == "sqlite":  # where a transaction that reads cannot write
                db.session.expunge_all()
                undo()
            reading.set(False)
            return _first() or view(**given)

        act.looks_first = True  # type: ignore[attr-defined]
        return act

    return declare


def takes_at_most(size: int) -> Callable[[Callable[..., Answer]], Any]:
    """For a door that takes a file: what is larger (in bytes) is refused before it is read."""

    def declare(view: Callable[..., Answer]) -> Callable[..., Answer]:
        view.largest = size  # type: ignore[attr-defined]
        return view

    return declare


def _open() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if largest := getattr(view, "largest", None):
        request.max_content_length = largest
    reading.set(request.method in SAFE or getattr(view, "looks_first", False))
    g.csp_nonce = secrets.token_urlsafe(16)


def _guard() -> WerkzeugResponse | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    asked: Permission | None = getattr(view, "permission", None)
    if asked is None:
        raise NotAllowed
    if asked is Permission.PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if not actor().may(asked):
        raise NotAllowed
    return None


def _once() -> WerkzeugResponse | None:
    """A form that was sent before is not done again. What only reads, may be."""
    if request.method in SAFE or request.endpoint is None:
        return None
    if not reading.get():
        return _first()
    return once.answered(actor().account_id)


def _first() -> WerkzeugResponse | None:
    return once.first(actor().account_id, clock.now())


def _to_sign_in() -> WerkzeugResponse:
    """To the sign-in page and back again. An htmx request must be told, or it swaps the page in."""
    if request.htmx:
        answer = current_app.response_class(status=401)
        here = _page_before(request.headers.get("HX-Current-URL"))
        answer.headers["HX-Redirect"] = url_for("accounts.sign_in", next=here or "/")
        return answer
    asked = request.full_path.rstrip("?") if request.method in SAFE else None
    here = asked or _page_before(request.referrer)
    return redirect(url_for("accounts.sign_in", next=here), 303)


def _page_before(url: str | None) -> str | None:
    """The page of ours from which somebody acts."""
    place = urlsplit(url or "")
    if place.netloc != request.host:
        return None
    return own_path(f"{place.path}?{place.query}".rstrip("?"), "/")


def _settle(response: WerkzeugResponse) -> WerkzeugResponse:
    """A write that succeeded is committed; everything else is rolled back."""
    worked = response.status_code < 400  # noqa: PLR2004
    if request.method not in SAFE and (worked or g.get("kept")):
        try:
            if worked:
                once.settle(response, in_place=in_place())
            else:
                once.forget()
            db.session.commit()
        except KINDS as error:
            response = current_app.make_response(render_error(error))
            _roll_back()
    else:
        _roll_back()
    return response


def _roll_back() -> None:
    """Nothing is left of it, also where the database has gone away: there it is undone already."""
    try:
        undo()
    except KINDS:
        db.session().invalidate()


def _forget(_error: BaseException | None) -> None:
    reading.set(True)


def _headers(response: WerkzeugResponse) -> WerkzeugResponse:
    headers.put(response, kept=request.endpoint == "static")
    if request.endpoint != "static":
        if "Vary" in response.headers:
            response.vary.update(VARY)
        else:
            response.headers["Vary"] = ", ".join(VARY)
    return response


def _beyond_numbers(error: Exception) -> Answer:
    """A number in an address or a form that no row can have: there is no such thing."""
    given = getattr(error, "orig", error)  # of PostgreSQL, or of SQLite before it asks
    beyond = getattr(given, "sqlstate", "") == "22003" or "SQLite" in str(given)
    if not beyond and "NUL (0x00)" not in str(given):  # which no text of PostgreSQL can hold
        raise error
    nowhere = NotFound()
    nowhere.__cause__ = error
    return render_error(nowhere)


def _of_disk(error: Exception) -> Answer:
    """What was sent finds no room before it is looked at."""
    if outage(error) is None:
        raise error
    return render_error(error)


def _of_database(error: Exception) -> bool:
    """Whether the database refused, after which PostgreSQL answers nothing in that transaction."""
    causes = (error, error.__cause__, getattr(error, "original_exception", None))
    return any(isinstance(one, SQLAlchemyError) for one in causes)


def render_error(error: Exception) -> Answer:
    """One face for every refusal and every bug, as a page and as a fragment."""
    try:
        return _face_of(error)
    except KINDS as lost:
        if outage(lost) is None:
            raise
        return _face_of(lost, asked=False)  # the database went away while its page was made


def _face_of(error: Exception, *, asked: bool = True) -> Answer:
    status, heading, sentences = _explained(error)
    if getattr(error, "keeps", False):
        once.forget()
        db.session.commit()
    elif not reading.get() or _of_database(error):
        undo()
        g.pop("_login_user", None)  # whose account is read at once, and not piece by piece
    if isinstance(error, NotAllowed | NotFound) and denials.note(
        actor(), request.endpoint or "", status, now=clock.now()
    ):
        g.pop("_login_user", None)
    reading.set(True)  # the page of an error only reads
    if not asked or (isinstance(error, KINDS) and outage(error) in UNASKED):
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001
    if status >= 500:  # noqa: PLR2004
        cause = getattr(error, "original_exception", None) or error
        log.error("request %s failed", g.get("request_id"), exc_info=cause)
    body = render_template(
        "errors/_error.html" if in_place() else "errors/error.html",
        status=status,
        heading=heading,
        sentences=sentences,
        request_id=g.get("request_id") if status >= 500 or status in ASKED_ABOUT else None,  # noqa: PLR2004
    )
    answer = current_app.response_class(body, status)
    if status == 503:  # noqa: PLR2004
        answer.headers["Retry-After"] = "3"
    if isinstance(error, HTTPException) and (found := error.get_response().headers.get("Allow")):
        answer.headers["Allow"] = found
    return answer


def _explained(error: Exception) -> tuple[int, str, list[str]]:
    if isinstance(error, Refused):
        return 409, gettext("That is not possible"), [sentence(r) for r in error.reasons]
    if found := outage(error):
        return 503, gettext("One moment, please"), [gettext(found.label)]
    status = {NotAllowed: 403, NotFound: 404}.get(type(error))
    if status is None:
        status = error.code or 500 if isinstance(error, HTTPException) else 500
    said = {
        400: gettext("The form had expired or was incomplete. Please go back and send it again."),
        403: gettext("Your account does not have the right to do this."),
        404: gettext("There is nothing at this address, or it belongs to another office."),
        405: gettext("This address does not take that kind of request."),
        413: gettext("What was sent is too large."),
        429: gettext("Too many tries. Please wait a while."),
    }.get(status, gettext("Something went wrong on our side. Nothing was saved."))
    headings = {
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        429: gettext("Please wait"),
        500: gettext("Something went wrong"),
    }
    return status, headings.get(status, gettext("That did not work")), [said]


def _context() -> dict[str, Any]:
    return {
        "csp_nonce": g.get("csp_nonce", ""),
        "csrf_token": rendering.csrf_token,  # that of the library makes it anew for each form
        "actor": actor(),
        "P": Permission,
        "theme": request.cookies.get("theme", ""),
        "size": request.cookies.get("size", ""),
        "help_contact": current_app.config["HELP_CONTACT"],
        "demo": current_app.config["DEMO"],
        "menus": _menus,
    }


def _menus() -> dict[str, Any]:
    """Of the frame of a page: a part of one has none."""
    who = actor()
    with db.session.no_autoflush:  # what a form left half filled is not written for a menu
        return {"nav": main_menu(who), "account": account_menu(who)}


def ids(values: Iterable[str]) -> list[int]:
    """Numbers of rows as a form sends them; anything else is dropped."""
    return [int(v) for v in values if v.isdecimal() and len(v) < 12]  # noqa: PLR2004


def next_page(found: Sequence[Any], most: int, to: str, **kept: Any) -> str:
    """The address of the rows after these, of which one more than shown was asked for, or ""."""
    return url_for(to, after=found[most - 1].id, **kept) if len(found) > most else ""


def doors() -> list[str]:
    """Every route as a line: methods, address, endpoint, permission, whose things, fields."""
    rules = [r for r in current_app.url_map.iter_rules() if r.endpoint != "static"]
    return [
        " ".join(
            (
                ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
                rule.rule,
                rule.endpoint,
                *_stated(current_app.view_functions[rule.endpoint]),
            ),
        )
        for rule in sorted(rules, key=lambda r: (r.rule, sorted(r.methods or ())))
    ]


def _stated(view: Callable[..., Any]) -> list[str]:
    policy: Policy | None = getattr(view, "policy", None)
    if policy is None:
        return ["None"]
    shown = ["+".join(sorted(policy.shows))] if policy.shows else []
    return [policy.permission, policy.scope, *shown]
