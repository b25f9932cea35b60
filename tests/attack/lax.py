"""A server that sees two requests in one: for the probes of smuggling, which have to see it too."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Lax(BaseHTTPRequestHandler):
    """Believes the length, whatever is said of chunks; takes no second look at anything."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read as much as the length says: what follows is the next request."""
        length = self.headers.get("Content-Length", "0").split(",")[0].strip().lstrip("+")
        self.rfile.read(int(length) if length.isdecimal() else 0)
        self.do_GET()

    def do_GET(self) -> None:
        """Say where one is."""
        body = f"{self.command} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_TRACE = do_GET  # noqa: N815 - as it is called

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Lax).serve_forever()
