"""A line between Talent and its database, that can be cut, slowed and mended."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from sqlalchemy.engine import make_url


class Line:
    """Passes bytes on, for as long as it is whole; `delay` seconds later for each answer."""

    def __init__(self, url):
        self.url = make_url(url)
        self.whole, self.delay, self.slowed, self.open = True, 0.0, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        """The database's address through this line."""
        port = self.listener.getsockname()[1]
        query = {k: v for k, v in self.url.query.items() if k != "host"}
        here = self.url.set(host="127.0.0.1", port=port, query=query)
        return here.render_as_string(hide_password=False)

    def cut(self):
        """Nothing passes, and nobody new is let in."""
        self.whole = False
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def mend(self):
        self.whole, self.delay = True, 0.0

    def close(self):
        self.cut()
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.whole:
                near.close()
                continue
            far = self._server()
            self.open += [near, far]
            threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _server(self):
        folder = self.url.query.get("host")
        if folder:
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{folder}/.s.PGSQL.5432")
            return far
        return socket.create_connection((self.url.host, self.url.port or 5432))

    def _pass(self, start, end, answers):
        with start, end:
            with suppress(OSError):
                while bit := start.recv(1 << 16):
                    if answers and self.delay:
                        self.slowed += 1
                        time.sleep(self.delay)
                    end.sendall(bit)
            for each in (start, end):  # closing alone tells nobody while the other thread waits
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
