"""How pages are served to whoever is slow: a thread works only on what has arrived as a whole.

gunicorn's threads wait for each byte as long as a connection lasts: a few that send one now and
then hold them all. Here the loop gathers requests and sends answers off, and threads do neither.
"""

from __future__ import annotations

import contextlib
import errno
import re
import select
import socket
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import TYPE_CHECKING, Any

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

from talent import memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

WHOLE_HEAD = 15.0  # seconds from its first byte on
SLOWEST = 2048  # bytes of a body in a second
STALLED = 30.0  # seconds in which not a byte of the answer is taken
PARTING = 2.0  # seconds for what may still be on its way when we hang up
STOPPING = 5.0  # seconds for what is half here when we stop
LONGEST_HEAD = 128 * 1024  # bytes; gunicorn's own limits are lower
LARGEST = 12 * 1024 * 1024  # bytes of a body; for more the app has nothing but its refusal
UNSENT = 4 * 1024 * 1024  # bytes of an answer that wait while its thread goes on
ROOM = 96 * 1024 * 1024  # bytes that wait in one process, in both directions
AT_ONCE = 256 * 1024  # bytes
WEIGHED = 0.5  # seconds between two looks at what the process holds, if it has served meanwhile
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Wire(socket.socket):
    """A socket for threads: they read what was gathered, and leave what is to be sent."""

    def __init__(self, taken: socket.socket) -> None:
        super().__init__(taken.family, taken.type, taken.proto, taken.detach())
        self.settimeout(0.0)
        self.gathered = memoryview(b"")
        self.unsent = bytearray()
        self.left = STALLED  # seconds that a thread may still wait for the other side

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - as it is called
        """It never blocks. Whoever is slow has used up a thread's patience by and by."""

    def settimeout(self, value: float | None) -> None:  # noqa: ARG002 - as it is called
        """The same."""
        super().settimeout(0.0)

    def recv(self, size: int, flags: int = 0) -> bytes:  # noqa: ARG002 - as it is called
        """The next bytes of what was gathered, after which there are none."""
        given, self.gathered = self.gathered[:size], self.gathered[size:]
        return bytes(given)

    def sendall(self, sent: Any, flags: int = 0) -> None:  # noqa: ARG002 - as it is called
        """Leave it to the loop. Where too much lies there already the thread waits for its part."""
        self.unsent += sent
        if len(self.unsent) > UNSENT:
            self.flush()
        while len(self.unsent) > UNSENT:
            began = time.monotonic()
            ready = select.select([], [self], [], max(0.0, self.left))[1]
            self.left -= time.monotonic() - began
            if not ready:
                raise BrokenPipeError(errno.EPIPE, "nobody reads")
            self.flush()

    def flush(self) -> int:
        """Send what the other side takes at once; how much that was."""
        told = 0
        with contextlib.suppress(BlockingIOError):
            while self.unsent:
                with memoryview(self.unsent) as whole, whole[:AT_ONCE] as part:
                    gone = self.send(part)
                del self.unsent[:gone]
                told += gone
        return told


class Line(TConn):  # type: ignore[misc]
    """A connection: what has arrived, what is awaited, until when."""

    def __init__(self, cfg: Any, taken: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Wire(taken), client, server)
        self.data_ready = True  # threads get nothing else
        self.arrived = bytearray()
        self.wanted = 0  # bytes of the whole request, as soon as that is known
        self.beyond = False  # a body that is too large to be gathered
        self.again = False  # another request may follow
        self.until = 0.0
        self.weight = 0

    def missing(self) -> bool:
        """Whether there is more to come before a thread can work on it."""
        if not self.wanted:
            end = self.arrived.find(b"\r\n\r\n")
            if end < 0:
                return len(self.arrived) < LONGEST_HEAD
            self.wanted = end + 4 + self._body(bytes(self.arrived[: end + 2]))
        return len(self.arrived) < self.wanted

    def _body(self, head: bytes) -> int:
        """How long the body is: what has two meanings is refused by whoever reads the head."""
        lengths = _LENGTH.findall(head)
        self.beyond = bool(_CHUNKED.search(head)) or (bool(lengths) and int(lengths[0]) > LARGEST)
        if self.beyond or len(lengths) != 1:
            return 0
        if _EXPECTS.search(head):
            self.sock.unsent += b"HTTP/1.1 100 Continue\r\n\r\n"
        return int(lengths[0])

    def give(self) -> None:
        """To the thread: all that has arrived."""
        self.sock.gathered, self.arrived = memoryview(bytes(self.arrived)), bytearray()
        self.wanted, self.sock.left = 0, STALLED

    def take_back(self) -> None:
        """From the thread: what belongs to the next request."""
        ahead = self.parser.unreader.take_buffered() if self.parser else b""
        self.arrived = bytearray(ahead + bytes(self.sock.gathered))
        self.sock.gathered = memoryview(b"")


class Patient(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads behind a loop that waits for all connections at once."""

    alive: bool

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.waiting: dict[Line, None] = {}  # whoever has waited longest comes first
        self.weight = 0
        self.looked_at = 0.0
        self.weighs, self.weighed_at, self.weighed_nr = WEIGHED, 0.0, -1
        self.bound: float | None = None

    def accept(self, listener: socket.socket) -> None:
        """Another connection. Where there are too many, the one that has waited longest goes."""
        try:
            taken, client = listener.accept()
        except OSError:
            return  # another process was faster, or the other side has gone
        taken.setblocking(False)  # noqa: FBT003 - as it is called
        self.nr_conns += 1
        line = Line(self.cfg, taken, client, listener.getsockname())
        line.until = time.monotonic() + WHOLE_HEAD
        self._gather(line)
        if self.nr_conns >= self.worker_connections - self.cfg.threads:
            self._drop_longest()

    def finish_request(self, conn: Line, fs: Future[bool]) -> None:
        """A thread is done with it: its answer goes off, then comes the next request or the end."""
        conn.again = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        conn.until = time.monotonic() + STALLED
        self._send(conn)

    def murder_pending(self) -> None:
        """Whoever took too long goes."""
        now = time.monotonic()
        if now - self.weighed_at > self.weighs and self.nr != self.weighed_nr:
            self.weighed_at, self.weighed_nr = now, self.nr
            self._weigh()
        if now - self.looked_at < 1:
            return
        self.looked_at = now
        for line in [line for line in self.waiting if line.until < now]:
            self._hang_up(line)

    def _weigh(self) -> None:
        """Who holds too much gives back what is free; if that is too little, he goes.

        First he answers those who are there. The parent has a fresh copy of itself go on. While a
        password is checked, which takes 64 MB for a moment, he is not looked at.
        """
        held = memory.held()
        if self.bound is None:
            self.bound = memory.bound(held)
        if self.alive and held > self.bound and memory.settled():
            memory.give_back()
            if memory.held() > self.bound and memory.settled():
                self.log.info("%d MB are too many: another process goes on", held)
                self.alive = False

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
        """At the very end everybody goes."""
        for line in [*self.waiting] if force else ():
            self._hang_up(line)

    def _cap_keepalive(self, deadline: float) -> None:
        """We stop: whoever says nothing goes soon, who is in the middle of it a little later."""
        for line in self.waiting:
            half = bool(line.arrived or line.sock.unsent)
            line.until = min(line.until, deadline + (STOPPING if half else 0))

    def _keepalive_after(self, conn: Line, keepalive: bool) -> bool:  # noqa: FBT001
        """A body that nobody gathered is not read away either."""
        return not conn.beyond and bool(super()._keepalive_after(conn, keepalive))

    def handle_request(self, req: Any, conn: Line) -> bool:
        """No browser and no proxy of ours sends a body whose length it does not tell (RFC 9112)."""
        if any(name == "TRANSFER-ENCODING" for name, _ in req.headers):
            util.write_error(conn.sock, 411, "Length Required", "Say how long it is.")
            return False
        return bool(super().handle_request(req, conn))

    def _gather(self, line: Line) -> None:
        """Take what has arrived; give it to a thread when it is whole."""
        try:
            part = socket.socket.recv(line.sock, AT_ONCE)
        except BlockingIOError:
            part = None
        except OSError:
            part = b""
        if part == b"":
            self._hang_up(line)
            return
        if part:
            if not line.arrived:
                line.until = time.monotonic() + WHOLE_HEAD
            line.arrived += part
        self._give_or_wait(line)

    def _give_or_wait(self, line: Line) -> None:
        known = line.wanted
        if line.missing():
            if line.wanted and not known:  # its length is known now
                line.until += line.wanted / SLOWEST
                with contextlib.suppress(OSError):
                    line.sock.flush()
            self._wait(line, EVENT_READ, self._gather)
        else:
            self._done_waiting(line)
            line.give()
            self.enqueue_req(line)

    def _send(self, line: Line) -> None:
        try:
            if line.sock.flush():
                line.until = time.monotonic() + STALLED
        except OSError:
            self._hang_up(line)
            return
        if line.sock.unsent:
            self._wait(line, EVENT_WRITE, self._send)
        elif line.again:
            line.take_back()
            line.until = time.monotonic() + (WHOLE_HEAD if line.arrived else self.cfg.keepalive)
            self._give_or_wait(line)
        else:
            self._part(line)

    def _part(self, line: Line) -> None:
        """Hang up so that the last answer arrives: what is still sent to us is thrown away."""
        try:
            line.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._hang_up(line)
            return
        line.until = time.monotonic() + PARTING
        self._wait(line, EVENT_READ, self._throw_away)

    def _throw_away(self, line: Line) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                if socket.socket.recv(line.sock, AT_ONCE):
                    return
            except BlockingIOError:
                raise
            except OSError:
                pass
            self._hang_up(line)

    def _wait(self, line: Line, event: int, then: Callable[[Line], None]) -> None:
        weight = len(line.arrived) + len(line.sock.unsent)
        self.weight += weight - line.weight
        line.weight = weight
        told = (line.sock, event, lambda _sock: then(line))
        if line in self.waiting:
            self.poller.modify(*told)
        else:
            self.waiting[line] = None
            self.poller.register(*told)
        if self.weight > ROOM:
            self._drop_longest(lambda other: bool(other.weight))

    def _done_waiting(self, line: Line) -> None:
        if line in self.waiting:
            del self.waiting[line]
            self.poller.unregister(line.sock)
        self.weight -= line.weight
        line.weight = 0

    def _drop_longest(self, fits: Callable[[Line], bool] = lambda _line: True) -> None:
        for line in self.waiting:
            if fits(line):
                self._hang_up(line)
                return

    def _hang_up(self, line: Line) -> None:
        self._done_waiting(line)
        self.nr_conns -= 1
        line.close()
