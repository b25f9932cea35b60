"""What no scanner asks: sessions, cookies, bodies without end, paths, hosts, two meanings."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from itsdangerous import URLSafeTimedSerializer
from served import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Site

EVIL = "evil.example"
MARK = "X-Planted"
OURS = "Host: 127.0.0.1\r\nConnection: close\r\n"
LONG = 10.0  # seconds that no single request may take, on a machine that has much else to do
GUESSED = (
    "",
    "secret",
    "dev",
    "changeme",
    "talent",
    "secret_key",
    "SECRET_KEY",
    "you-will-never-guess",
)
TWO_MEANINGS = (
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Content-Length: 0\r\nContent-Length: 5\r\n",
    "Content-Length: 0, 5\r\n",
    "Content-Length: +0\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "X: a\r\n Content-Length: 5\r\n",
)
UP = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//", "..;/",
      "%c0%ae%c0%ae/", ".%00./", "%2e%2e%5c")  # fmt: skip
OUTSIDE = ("etc/passwd", "config.py", "wsgi.py")
INSIDE = ("root:x:", "class MissingSetting", "create_app()")  # what stands in one of them


@dataclass
class Ways:
    """Where a site has what the probes look for."""

    sign_in: str
    login: str
    password: str
    session: str  # the cookie
    mine: str  # a page of whoever is in
    files: str  # what stands before the name of a file
    json: str
    large: str  # takes a form
    back: str = "next"  # the parameter that says where one wants to go on
    turns: tuple[str, ...] = ()  # addresses that send one on, or lay cookies, by what was sent
    number: int = 1
    forged: tuple[dict[str, str], ...] = field(default=())


TALENT = Ways(
    sign_in="/account/sign-in", login="volunteer@demo.example", password="Osmanthus-2026-bridge",
    session="talent", mine="/account/", files="/static/", json="/checkin/queue",
    large="/account/sign-in",
    turns=("/account/sign-in?next={}", "/account/second-step?next={}", "/shifts/mine?x={}",
           "/verify?number={}", "/shifts/?day={}", "/static/{}", "/account/reset/{}", "/{}",
           "/calendars/{}.ics", "/checkin/scan/{}/x"),
)  # fmt: skip
CANARY = Ways(
    sign_in="/sign-in", login="holder", password="in-the-canary", session="sid", mine="/mine",
    files="/static/", json="/api/halves", large="/swallow", turns=("/go?to={}", "/lang?to={}"),
    forged=({"user": "holder"},),
)  # fmt: skip


def raw(site: Site, sent: bytes, wait: float = 20) -> bytes:
    """All that comes back for some bytes."""
    told = b""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", site.port), timeout=wait) as line,
    ):
        line.sendall(sent)
        while part := line.recv(65536):
            told += part
    return told


def come_in(site: Site, ways: Ways) -> Visitor:
    """A visitor with a session."""
    visitor = Visitor(site)
    sent = {"login": ways.login, "password": ways.password}
    if token := visitor.token(ways.sign_in):
        sent["csrf_token"] = token
    visitor.ask(ways.sign_in, "POST", sent)
    return visitor


def fixation(site: Site, ways: Ways) -> Iterator[str]:
    """A session that was laid before may not be the one after signing in."""
    before = Visitor(site, {ways.session: "laid-by-somebody-else"})
    before.ask(ways.sign_in)
    laid = dict(before.cookies)
    sent = {"login": ways.login, "password": ways.password}
    if token := before.token(ways.sign_in):
        sent["csrf_token"] = token
    laid |= before.cookies
    before.ask(ways.sign_in, "POST", sent)
    if before.ask(ways.mine).status != 200:
        yield f"nobody came in at {ways.sign_in}: nothing is proved"
    if before.cookies.get(ways.session) in {"laid-by-somebody-else", laid.get(ways.session)}:
        yield "the session after signing in is the one from before"
    if Visitor(site, laid).ask(ways.mine).status == 200:
        yield "the session from before signing in is in"


def forged_cookies(site: Site, ways: Ways) -> Iterator[str]:
    """What a session says is believed only if we said it."""
    inside = come_in(site, ways)
    real = inside.cookies.get(ways.session, "")
    head, _, rest = real.partition(".")
    held = {"_user_id": f"{ways.number}.1", "_fresh": True, "key": "0" * 32}
    made = [dict(each) for each in ways.forged]
    for key in GUESSED:
        for salt in ("cookie-session", "itsdangerous"):
            signer = URLSafeTimedSerializer(
                key, salt=salt, signer_kwargs={"key_derivation": "hmac"}
            )
            made.append({ways.session: signer.dumps(held)})
    plain = base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")
    made += [{ways.session: value} for value in (
        plain, f"{plain}.", f"{plain}..", f"{plain}.{rest}", f"{head}.{rest[:-2]}AA",
        f"{head}A.{rest}", real[::-1], real + "x", f".{real}", "null", "{}", "a" * 3000,
        f"{head}.",
    )]  # fmt: skip
    made.append({"remember_token": f"{ways.number}|" + "0" * 128})
    for cookies in made:
        answer = Visitor(site, cookies).ask(ways.mine)
        if answer.status == 200 or answer.status >= 500:
            yield f"{answer.status} for the cookie {str(cookies)[:60]}"


def left_session(site: Site, ways: Ways) -> Iterator[str]:
    """Whoever signed out is out, also with a copy of the cookie."""
    inside = come_in(site, ways)
    copy = dict(inside.cookies)
    token = inside.token(ways.mine)
    inside.ask("/account/sign-out", "POST", {"csrf_token": token})
    if Visitor(site, copy).ask(ways.mine).status == 200:
        yield "a copy of the cookie is in after signing out"


def bodies(site: Site, ways: Ways) -> Iterator[str]:
    """A body without end is refused before it is read; many fields cost little."""
    head = f"POST {ways.large} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    began = time.monotonic()
    told = raw(
        site, f"{head}{form}Content-Length: {64 << 20}\r\n\r\n".encode() + b"x" * (1 << 20), 10
    )
    if not told.startswith(b"HTTP/1.1 413"):
        yield f"64 MB are waited for or taken: {told[:30]!r}"
    chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
    sent = f"{head}{form}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 24 + b"0\r\n\r\n"
    told = raw(site, sent, 15)
    if told and not told.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400", b"HTTP/1.1 411")):
        yield f"24 MB in chunks are taken: {told[:30]!r}"
    for what, body, kind in (
        ("fields", b"&".join(b"f%d=1" % number for number in range(180_000)), form),
        ("fields of one name", b"f=1&" * 450_000, form),
        ("parts", _parts(50_000), "Content-Type: multipart/form-data; boundary=zz\r\n"),
        ("a part without end", b"--zz\r\n" + b"a" * 1_900_000,
         "Content-Type: multipart/form-data; boundary=zz\r\n"),
        ("percents", b"a=" + b"%25" * 600_000, form),
    ):  # fmt: skip
        began = time.monotonic()
        sent = f"{head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body
        told, took = raw(site, sent, 30), time.monotonic() - began
        if took > LONG or told[9:10] == b"5":
            yield f"many {what}: {told[9:12]!r} after {took:.1f} s"
    for what, line in (
        ("a head of 1 MB", "X: " + "a" * (1 << 20) + "\r\n"),
        ("5000 lines of a head", "".join(f"X{number}: a\r\n" for number in range(5000))),
        ("a cookie of 60 kB", "Cookie: " + "a=" + "b" * 60_000 + "\r\n"),
    ):
        told = raw(
            site, f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{line}\r\n".encode()
        )
        if told and not told.startswith(b"HTTP/1.1 4"):
            yield f"{what} is taken: {told[:15]!r}"


def _parts(number: int) -> bytes:
    one = b'--zz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    return one * number + b"--zz--\r\n"


def deep(site: Site, ways: Ways, inside: Visitor) -> Iterator[str]:
    """Brackets in brackets, and numbers without end, are refused like any nonsense."""
    token = inside.token(ways.mine)
    for what, body in (
        ("brackets", "[" * 200_000), ("closed brackets", "[" * 90_000 + "]" * 90_000),
        ("braces", '{"a":' * 90_000), ("a number", '{"now": ' + "9" * 500_000 + "}"),
        ("an exponent", '{"number": 1e999999999}'), ("no text", '{"device": "\\ud800"}'),
        ("a NUL", '{"device": "a\\u0000"}'), ("nothing", ""), ("a list", "[1]"), ("null", "null"),
        ("NaN", '{"now": NaN, "taps": [], "device": "a"}'),
        ("an odd number", '{"number": 3}'),
    ):  # fmt: skip
        head = {"Content-Type": "application/json", "X-CSRFToken": token}
        answer = inside.ask(ways.json, "POST", body.encode(), **head)
        if answer.status >= 500 or answer.took > LONG:
            yield f"{what} in JSON: {answer.status} after {answer.took:.1f} s"


def paths(site: Site, ways: Ways) -> Iterator[str]:
    """Nothing that lies outside is served, however its path is written."""
    for up in UP:
        for outside in OUTSIDE:
            for path in (f"{ways.files}{up * 8}{outside}", f"{ways.files}{up}{outside}",
                         f"{ways.files}css/{up * 2}{outside}", f"/{up * 8}{outside}"):  # fmt: skip
                sent = f"GET {path} HTTP/1.1\r\n{OURS}\r\n".encode()
                told = raw(site, sent).decode("utf-8", "replace")
                if any(word in told for word in INSIDE) or told[9:10] == "5":
                    yield f"{path}: {told[:15]}"
    for path in (".git/HEAD", ".env", "instance/talent.sqlite3", "Makefile", "config.py",
                 "%2fetc/passwd", "/etc/passwd", "//etc/passwd"):  # fmt: skip
        for before in ("/", ways.files):
            told = raw(site, f"GET {before}{path} HTTP/1.1\r\n{OURS}\r\n".encode())
            if told.startswith(b"HTTP/1.1 200"):
                yield f"{before}{path} is served"


def hosts(site: Site, ways: Ways) -> Iterator[str]:
    """By whatever name we are called, it is on no page and in no address."""
    known = ("/", ways.sign_in, ways.mine, "/verify", "/.well-known/security.txt", "/none")
    for path in (*known, "/shifts", "//people", f"/{ways.sign_in}"):  # written in another way
        for target, lines in (
            (path, f"Host: {EVIL}\r\n"),
            (f"http://{EVIL}{path}", "Host: 127.0.0.1\r\n"),
            (
                path,
                f"Host: 127.0.0.1\r\nX-Forwarded-Host: {EVIL}\r\nX-Forwarded-Server: {EVIL}\r\n",
            ),
            (path, f"Host: 127.0.0.1\r\nForwarded: host={EVIL};proto=https\r\n"),
            (path, f"Host: 127.0.0.1@{EVIL}\r\n"),
            (
                path,
                f"Host: 127.0.0.1\r\nX-Original-URL: https://{EVIL}/\r\nX-Rewrite-URL: /x\r\n",
            ),
        ):
            told = raw(site, f"GET {target} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            if EVIL.encode() in told or told[9:10] == b"5":
                yield f"{lines.split(chr(13))[0]} at {target}: {told[:15]!r}"


def two_meanings(site: Site, _ways: Ways) -> Iterator[str]:
    """Of a request with two meanings nothing is answered but its refusal."""
    hidden = "GET /hidden HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    for lines in TWO_MEANINGS:
        sent = f"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n0\r\n\r\n{hidden}"
        told = raw(site, sent.encode())
        if told.count(b"HTTP/1.1 ") > 1 or b"/hidden" in told:
            yield f"a second request hides behind {lines!r}"


def lines_ends(site: Site, ways: Ways) -> Iterator[str]:
    """A line's end in a value is none in the head of the answer; nobody is sent elsewhere."""
    ends = ("%0d%0a", "%0a", "%0d", "%E5%98%8A%E5%98%8D", "%e2%80%a8", "%c4%8d%c4%8a", "%00%0d%0a")
    evil = [f"en{end}{MARK}:%20yes" for end in ends] + [f"/x{end}{MARK}:%20yes" for end in ends]
    away = [f"https://{EVIL}/", f"//{EVIL}", f"/%5c{EVIL}", f"%5c%5c{EVIL}", f"/%09/{EVIL}",
            f"https:{EVIL}", f"///{EVIL}", f"http:%5c%5c{EVIL}", f"/%0a/{EVIL}"]  # fmt: skip
    inside = come_in(site, ways)
    for visitor in (Visitor(site), inside):
        for way in ways.turns:
            for value in (*evil, *away):
                answer = visitor.ask(way.format(value))
                to = answer.head.get("Location") or ""
                if answer.head.get(MARK) or answer.status >= 500:
                    yield f"{way.format(value)}: {answer.status}"
                elif to.startswith(("//", "/\\", "\\")) or to.partition("?")[0].startswith(
                    ("http://evil", "https://evil", "https:evil", "http:\\", "///")
                ):
                    yield f"{way.format(value)} leads to {to}"


def traces(site: Site, _ways: Ways) -> Iterator[str]:
    """Nobody is told what was sent."""
    for method in ("TRACE", "TRACK", "DEBUG", "CONNECT"):
        sent = (
            f"{method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n{MARK}: echoed\r\nConnection: close\r\n\r\n"
        )
        told = raw(site, sent.encode())
        if b"echoed" in told or told.startswith(b"HTTP/1.1 2"):
            yield f"{method}: {told[:15]!r}"
