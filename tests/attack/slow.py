"""Slow connections: whoever sends or reads a byte now and then keeps nobody else waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

from served import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Site

MANY = 300  # connections
PATIENCE = 4.0  # seconds in which somebody else is answered
ASKED = 6  # times


def connected(site: Site) -> socket.socket | None:
    """A connection that reads little at a time."""
    line = socket.socket()
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.settimeout(2)
        line.connect(("127.0.0.1", site.port))
        return line
    line.close()
    return None


def crowd(site: Site, first: bytes, drop: bytes, many: int, lasts: float) -> Iterator[str]:
    """Many connections that send `first` and then drop by drop, and what others see meanwhile."""
    lines = [line for line in (connected(site) for _ in range(many)) if line]
    stop = threading.Event()
    runner = threading.Thread(target=drip, args=(lines, drop, stop), daemon=True)
    speak(lines, first)
    runner.start()
    try:
        slowest = slowest_of(site, lasts)
    finally:
        stop.set()
        runner.join()
        for line in lines:
            line.close()
    if slowest > PATIENCE:
        yield f"somebody else waited {slowest:.1f} s beside {len(lines)} slow connections"


def speak(lines: list[socket.socket], sent: bytes) -> None:
    """The same on all of them; some have been hung up by now."""
    for line in lines:
        with contextlib.suppress(OSError):
            line.sendall(sent)


def drip(lines: list[socket.socket], drop: bytes, stop: threading.Event) -> None:
    """A little on each, again and again."""
    while drop and not stop.wait(0.7):
        speak(lines, drop)


def slowest_of(site: Site, lasts: float) -> float:
    """How long anybody had to wait meanwhile; two are enough who waited in vain."""
    slowest, vain, end = 0.0, 0, time.monotonic() + lasts
    for _ in range(ASKED):
        took = answered(site)
        slowest, vain = max(slowest, took), vain + (took > PATIENCE)
        if vain == 2:
            break
        time.sleep(max(0.0, (end - time.monotonic()) / ASKED))
    return slowest


def answered(site: Site) -> float:
    """How long somebody waits for a page; nobody waits more than twice as long as they like."""
    began = time.monotonic()
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE * 2) as line,
    ):
        line.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        if line.recv(1000).startswith(b"HTTP/1.1 "):
            return time.monotonic() - began
    return PATIENCE * 2


def silent(site: Site, lasts: float) -> Iterator[str]:
    """Connections on which nothing is said."""
    yield from crowd(site, b"", b"", MANY, lasts)


def heads(site: Site, lasts: float) -> Iterator[str]:
    """A head whose end never comes."""
    yield from crowd(site, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X: a\r\n", MANY, lasts)


def bodies(site: Site, lasts: float, path: str) -> Iterator[str]:
    """A body that was announced and comes letter by letter."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\na="
    yield from crowd(site, f"{head}{form}".encode(), b"a", MANY, lasts)


def chunks(site: Site, lasts: float, path: str) -> Iterator[str]:
    """The same in chunks, of which there is no last."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    yield from crowd(site, f"{head}{form}".encode(), b"1\r\na\r\n", MANY, lasts)


def readers(site: Site, lasts: float, path: str) -> Iterator[str]:
    """Who asks for much, over and over, and reads nothing of it."""
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    yield from crowd(site, asked * 60, b"", MANY // 5, lasts)


def alone(site: Site) -> float:
    """How long somebody waits when nobody is slow: without this the others say nothing."""
    return max(answered(site) for _ in range(3))


def afterwards(site: Site) -> Iterator[str]:
    """When they have gone all is as before."""
    time.sleep(1)
    answer = Visitor(site).ask("/robots.txt")
    if answer.took > PATIENCE:
        yield f"{answer.took:.1f} s after they had gone"
