"""The network between clients and one machine: a TCP proxy whose connections can be cut."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Proxy:
    """Passes bytes on to a port until it is told to cut."""

    def __init__(self, target):
        self.target = target
        self.open = set()
        self.closed = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Every connection breaks off at once, in whatever it was; how many."""
        cut = list(self.open)
        for each in cut:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._end(each)
        return len(cut)

    def close(self):
        self.closed.set()
        self.listener.close()
        self.cut()

    def _accept(self):
        while not self.closed.is_set():
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                there.settimeout(None)
            except OSError:
                here.close()
                continue
            self.open |= {here, there}
            for pair in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, target):
        with contextlib.suppress(OSError):
            while told := source.recv(65536):
                target.sendall(told)
        for each in (source, target):
            self._end(each)

    def _end(self, each):
        self.open.discard(each)
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
