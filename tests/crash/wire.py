"""Somebody at a browser over a real connection: keeps cookies, fetches the token, posts forms."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Unanswered(Exception):
    """The connection broke: whether the server did it is not known."""


class Visitor:
    """One person's browser, signed in by the cookie of a session."""

    def __init__(self, port, session):
        self.port = port
        self.cookies = {"talent": session}
        self.token = None

    def open(self, url):
        """Look at a page, for the token that its forms send back."""
        status, body = self._ask("GET", url)
        assert status == 200, (status, body[:500])
        self.token = TOKEN.search(body)[1]

    def post(self, url):
        """Press the button; gives the status of the answer."""
        return self._ask("POST", url, urlencode({"csrf_token": self.token or ""}))[0]

    def _ask(self, method, url, body=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, url, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as broken:
            raise Unanswered(url) from broken
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text
