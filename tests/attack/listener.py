"""Who listens for a server that asks addresses it was given: wapiti asks here who was asked."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CAME: dict[str, dict[str, dict[str, list[dict[str, object]]]]] = defaultdict(
    lambda: defaultdict(lambda: defaultdict(list))
)


class Listener(BaseHTTPRequestHandler):
    """Addresses are /ssrf/<session>/<request>/<parameter>/, as wapiti lays them out.

    Of XML, which was to read them: /dtd/<session>/<request>/<parameter>/<word>.dtd.
    """

    def do_GET(self) -> None:
        """Note who came, or tell it."""
        place, _, query = self.path.partition("?")
        words = [word for word in place.split("/") if word]
        if place.endswith(("get_ssrf.php", "get_xxe.php")):
            told = json.dumps(CAME[query.partition("=")[2]]).encode()
        else:
            if len(words) >= 4 and words[0] in {"ssrf", "dtd"}:
                seen = {"date": "now", "ip": self.client_address[0], "method": "GET", "size": 0}
                seen |= {"url": self.path, "payload": words[-1].removesuffix(".dtd")}
                CAME[words[1]][words[2]][words[3]].append(seen)
            told = b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Listener).serve_forever()
