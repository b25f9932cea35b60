"""The server as it is shipped, byte by byte: no request has two meanings, the slow hold nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ports import free_port

ROOT = Path(__file__).parents[2]
HEAD = "Host: 127.0.0.1\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
END = "0\r\n\r\n"
REFUSED = {  # what stands in the head, and what follows it
    "length and chunks": (f"Content-Length: 4\r\n{CHUNKED}", END),
    "chunks and length": (f"{CHUNKED}Content-Length: 4\r\n", END),
    "two lengths": ("Content-Length: 0\r\nContent-Length: 5\r\n", ""),
    "a list of lengths": ("Content-Length: 0, 5\r\n", ""),
    "a length with a sign": ("Content-Length: +0\r\n", ""),
    "chunks by another name": ("Transfer-Encoding: xchunked\r\n", END),
    "chunked twice": ("Transfer-Encoding: chunked, chunked\r\n", END),
    "a blank before the colon": ("Transfer-Encoding : chunked\r\n", END),
    "a folded line": ("X: a\r\n Content-Length: 4\r\n", ""),
    "a NUL in a value": ("X: a\0b\r\n", ""),
    "a bare CR": ("X: a\rContent-Length: 4\r\n", ""),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Where gunicorn serves with the settings of the house."""
    number = free_port()
    home = tmp_path_factory.mktemp("served")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TALENT", "DATABASE", "MAIL"))}
    given = kept | {"TALENT_ENV": "local", "TALENT_HOME": str(home), "DEMO": "0"}
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{number}", "wsgi:app"]
    with (home / "said").open("w") as said:
        child = subprocess.Popen(command, cwd=ROOT, env=given, stdout=said, stderr=said)
        try:
            end = time.monotonic() + 180
            while not speak(number, f"GET /none-such HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"):
                assert time.monotonic() < end, (home / "said").read_text()
                assert child.poll() is None, (home / "said").read_text()
                time.sleep(0.2)
            yield number
        finally:
            child.terminate()
            child.wait(30)


def speak(number, words):
    """All that comes back until the server hangs up, or is silent for long."""
    try:
        with socket.create_connection(("127.0.0.1", number), timeout=60) as wire:
            wire.sendall(words.encode("latin-1"))
            answer = b""
            while part := wire.recv(65536):
                answer += part
            return answer.decode("latin-1")
    except (ConnectionRefusedError, ConnectionResetError):
        return ""


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED.keys())
def test_a_request_with_two_meanings_is_refused_and_nothing_follows_it(port, words):
    head, body = words
    answer = speak(port, f"POST /x HTTP/1.1\r\n{HEAD}{head}\r\n{body}{HIDDEN}")
    assert answer.count("HTTP/1.1 ") <= 1, answer
    assert answer == "" or answer.startswith(("HTTP/1.1 400", "HTTP/1.1 501")), answer[:200]


def test_what_hides_behind_a_whole_request_is_answered_apart(port):
    """The probe would see a hidden request: here two are sent openly, and both are answered."""
    first = f"GET /one HTTP/1.1\r\n{HEAD}\r\n"
    last = f"GET /two HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
    assert speak(port, first + last).count("HTTP/1.1 404") == 2


def test_the_server_does_not_tell_what_it_is_made_of(port):
    answer = speak(port, f"GET /none-such HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n")
    head = answer.partition("\r\n\r\n")[0].lower()
    assert "content-security-policy: default-src 'none'" in head
    assert not [word for word in ("werkzeug", "python", "flask", "x-powered-by") if word in head]
    assert "27." not in head
    trace = speak(port, f"TRACE / HTTP/1.1\r\n{HEAD}X-Planted: echoed\r\nConnection: close\r\n\r\n")
    assert "echoed" not in trace
    assert " 405 " in trace[:20]


MORE_THAN_THREADS = 24
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
POSTED = f"POST /account/sign-in HTTP/1.1\r\n{HEAD}{FORM}"
UNENDED = {
    "nothing": "",
    "half a head": f"GET / HTTP/1.1\r\n{HEAD}X: ",
    "half a body": f"{POSTED}Content-Length: 5000\r\n\r\nlogin=a",
    "too large a body": f"{POSTED}Content-Length: 50000000\r\n\r\na",
    "half a chunk": f"{POSTED}{CHUNKED}\r\n5\r\nlo",
    "answers that nobody reads": f"GET /static/css/talent.css HTTP/1.1\r\n{HEAD}\r\n" * 60,
}


@pytest.fixture
def crowd(port):
    """More connections than there are threads, none of which comes to an end."""
    lines = [socket.socket() for _ in range(MORE_THAN_THREADS)]
    for each in lines:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        each.connect(("127.0.0.1", port))
    yield lines
    for each in lines:
        each.close()


@pytest.mark.parametrize("words", UNENDED.values(), ids=UNENDED.keys())
def test_who_is_slow_keeps_nobody_waiting(port, crowd, words):
    for each in crowd:
        each.sendall(words.encode())
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(f"GET /robots.txt HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n".encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 200")


def test_what_comes_in_pieces_is_answered_when_it_is_whole(port):
    body = "login=a&password=b"
    head = f"{POSTED}Connection: close\r\n"
    whole = f"{head}Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        for piece in (whole[:9], whole[9:-18], whole[-18:-9], whole[-9:]):
            wire.sendall(piece.encode())
            if piece.endswith("\r\n\r\n"):
                assert wire.recv(100).startswith(b"HTTP/1.1 100 ")
            time.sleep(0.02)
        answered = b"".join(iter(lambda: wire.recv(4000), b""))  # perhaps in pieces, too
        assert b"HTTP/1.1 400 " in answered  # a form without its token


def test_a_large_answer_arrives_whole_and_the_line_goes_on(port):
    asked = f"GET /static/css/talent.css HTTP/1.1\r\n{HEAD}\r\n" * 40
    last = f"GET /none-such HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n"
    css = (ROOT / "static" / "css" / "talent.css").read_text(encoding="utf-8")
    answer = speak(port, asked + last)
    assert answer.encode("latin-1").decode().count(css) == 40
    assert "HTTP/1.1 404" in answer


def test_a_body_says_how_long_it_is(port):
    sent = f"{POSTED}{CHUNKED}\r\n3\r\na=b\r\n{END}"
    assert speak(port, sent).startswith("HTTP/1.1 411")
