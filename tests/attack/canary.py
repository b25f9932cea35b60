"""A small site full of holes. Whatever attacks Talent has to find them here first."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tempfile
import time
import urllib.request
from pathlib import Path

from flask import Flask, Response, abort, jsonify, make_response, redirect, request

FOLDER = Path(tempfile.mkdtemp(prefix="canary-"))
PASSWORD = "in-the-canary"
PAGE = "<!doctype html><html><head><title>Canary</title></head><body>{}</body></html>"
# Every hole has a way to it on the first page.
WAYS = """
<a href="/item?id=1">SQL</a> <a href="/search?q=x">reflected</a> <a href="/notes">stored</a>
<a href="/file?name=hello.txt">path</a> <a href="/go?to=/">redirect</a>
<a href="/lang?to=en">CRLF</a>
<a href="/fetch?url=http://127.0.0.1:1/">SSRF</a> <a href="/half?number=4">crash</a>
<a href="/ping?host=localhost">shell</a> <a href="/inside?word=x">reflected, inside</a>
<a href="/parse?as=xml">XXE</a> <a href="/feed?xml=x">XXE, elsewhere</a>
<a href="/upload">upload</a>
"""
FORMS = """
<form method="post" action="/notes"><input name="note" value="x"><button>Send</button></form>
<form method="post" action="/sign-in"><input name="login"><input name="password" type="password">
<button>Sign in</button></form>
"""
STRANGER_TAKES, HOLDER_TAKES = 0.0, 0.05  # seconds: the time tells whose login it is
app = Flask(__name__, static_folder=None)
app.config["MAX_FORM_PARTS"] = None


def database() -> sqlite3.Connection:
    """A few things and what was noted down."""
    made = sqlite3.connect(FOLDER / "canary.sqlite3", timeout=20)
    made.executescript(
        "CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TABLE IF NOT EXISTS note (said TEXT);"
        "INSERT OR IGNORE INTO item VALUES (1, 'luther'), (2, 'fluffy'), (3, 'wu');"
    )
    return made


(FOLDER / "hello.txt").write_text("hello")


@app.get("/")
def index() -> Response:
    """Where everything begins. Its address is that which the visitor named."""
    answer = make_response(PAGE.format(f'<a href="{request.host_url}">here</a>{WAYS}{FORMS}'))
    answer.set_cookie("seen", "yes")
    return answer


@app.get("/item")
def item() -> str:
    """SQL, made of what was sent; the error is shown."""
    query = f"SELECT name FROM item WHERE id = {request.args.get('id', '1')}"  # noqa: S608
    with contextlib.closing(database()) as told:
        try:
            rows = told.execute(query).fetchall()
        except sqlite3.Error as error:
            return PAGE.format(f"sqlite3.OperationalError: {error} in <pre>{query}</pre>")
    return PAGE.format(" ".join(name for (name,) in rows if name) or "nothing")


@app.get("/search")
def search() -> str:
    """Whatever was sent is a part of the page."""
    return PAGE.format(f"<p>Nothing like {request.args.get('q', '')}</p>")


@app.get("/inside")
def inside() -> str:
    """The same, for whoever comes with a cookie: a tool that leaves it behind sees nothing here."""
    if request.cookies.get("talent") != "inside":
        abort(403)
    return PAGE.format(f"<p>Nothing like {request.args.get('word', '')}</p>")


@app.route("/notes", methods=["GET", "POST"])
def notes() -> str:
    """Whatever was kept is a part of the page; no token is asked for."""
    with contextlib.closing(database()) as told, told:
        if request.method == "POST":
            told.execute("INSERT INTO note VALUES (?)", (request.form.get("note", ""),))
        kept = told.execute("SELECT said FROM note ORDER BY rowid DESC LIMIT 400").fetchall()
    return PAGE.format(FORMS + "".join(f"<p>{said}</p>" for (said,) in kept))


@app.get("/file")
def file() -> Response:
    """A path, taken as it comes."""
    try:
        body = (FOLDER / request.args.get("name", "hello.txt")).read_bytes()
    except (OSError, ValueError):
        abort(404)
    return Response(body, mimetype="text/plain")


@app.get("/static/<path:name>")
def plain(name: str) -> Response:
    """The same for what stands in the address itself."""
    return file_at(f"{FOLDER}/{name}")


def file_at(path: str) -> Response:
    """What lies there."""
    try:
        return Response(Path(path).read_bytes(), mimetype="text/plain")
    except (OSError, ValueError):
        abort(404)


@app.get("/go")
def go() -> Response:
    """Wherever one likes."""
    return redirect(request.args.get("to", "/"))


@app.get("/lang")
def lang() -> Response:
    """A line's end in a value begins another line of the head."""
    answer = make_response(PAGE.format("spoken"))
    first, *others = request.args.get("to", "en").splitlines() or [""]
    answer.headers["Content-Language"] = first
    for other in others:
        name, _, value = other.partition(":")
        if name.strip():
            answer.headers[name.strip()] = value.strip()
    return answer


@app.get("/fetch")
def fetch() -> str:
    """Asks whomever it is told to ask, on this machine."""
    address = request.args.get("url", "")
    if address.startswith(("http://127.0.0.1:", "http://localhost:")):
        with contextlib.suppress(OSError, ValueError):
            urllib.request.urlopen(address, timeout=3).close()
    return PAGE.format("fetched")


@app.get("/half")
def half() -> str:
    """Falls over what is no number."""
    return PAGE.format(str(int(request.args["number"]) // 2))


@app.get("/ping")
def ping() -> str:
    """Looks as if a shell had been asked."""
    host = request.args.get("host", "")
    said = "uid=0(root) gid=0(root)\nPATH=/bin\n" if "env" in host or "id" in host else "pong"
    return PAGE.format(f"<pre>{said}</pre>")


@app.route("/parse", methods=["GET", "POST"])
def parse() -> str:
    """Looks as if files that XML names were read."""
    body = request.get_data(as_text=True) + request.args.get("as", "")
    return PAGE.format("root:x:0:0:root" if "file:///etc/passwd" in body else "parsed")


@app.get("/feed")
def feed() -> str:
    """Reads what XML says is to be read before it, on this machine."""
    if named := re.search(r'SYSTEM "(http://127[.]0[.]0[.]1:[^"]+)"', request.args.get("xml", "")):
        with contextlib.suppress(OSError, ValueError):
            urllib.request.urlopen(named[1], timeout=3).close()
    return PAGE.format("read")


@app.route("/upload", methods=["GET", "POST"])
def upload() -> str:
    """Looks as if a script that somebody sent were run: it puts words together."""
    if not (sent := request.files.get("picture")):
        return PAGE.format(
            '<form method="post" action="/upload" enctype="multipart/form-data">'
            '<input type="file" name="picture"><button>Send</button></form>'
        )
    script = sent.read().decode("latin-1")
    words = re.findall(r'=> "(\w+)"', script)
    order = re.search(r"\$b = array\(([\d,]+)\)", script)
    return PAGE.format("".join(words[int(each)] for each in order[1].split(",")) if order else "")


@app.post("/api/halves")
def halves() -> Response:
    """Falls over an odd number, and over brackets in brackets."""
    sent = request.get_json(force=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("number"), int):
        return jsonify(wrong="number"), 400
    if sent["number"] % 2:
        raise ArithmeticError
    return jsonify(half=sent["number"] // 2)


@app.get("/api/secret")
def secret() -> Response:
    """Wants a key, says its description; asks for none."""
    return jsonify(secret="told")


@app.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """As many tries as one likes, a time that tells, and the session that the visitor brought."""
    known = request.form.get("login") == "holder"
    time.sleep(HOLDER_TAKES if known else STRANGER_TAKES)
    sid = request.cookies.get("sid") or "first"
    if known and request.form.get("password") == PASSWORD:
        answer = redirect("/mine")
        answer.set_cookie("sid", sid)
        answer.set_cookie("user", "holder")
        return answer
    said = "wrong password" if known else "no such login"
    return make_response(PAGE.format(said + FORMS), 401 if request.form else 200)


@app.get("/mine")
def mine() -> Response:
    """Believes what the cookie says."""
    if not (name := request.cookies.get("user")):
        return redirect("/sign-in")
    return make_response(PAGE.format(f"this is {name}"))


@app.post("/swallow")
def swallow() -> str:
    """Reads all there is, and as many fields."""
    return PAGE.format(f"{len(request.get_data())}")


@app.get("/large")
def large() -> Response:
    """More than any line holds at once."""
    return Response(b"x" * (8 << 20), mimetype="text/plain")
