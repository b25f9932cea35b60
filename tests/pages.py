"""A browser for tests: every page it visits is checked as a stranger would check it."""

from __future__ import annotations

import warnings
from collections import Counter
from contextvars import Context
from datetime import timedelta

import html5lib
import make
from flask.testing import FlaskClient
from sqlalchemy import update

from talent import clock
from talent.accounts.sessions.models import AccountSession
from talent.accounts.sessions.service import digest
from talent.db import db, writing

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    html5lib.HTMLParser()


class Page:
    """An answer, with its text and its tree."""

    def __init__(self, response) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location")
        self.text = response.get_data(as_text=True) if _is_text(response) else ""
        self.tree = None
        if response.mimetype == "text/html" and self.text.strip():
            self._read()

    def _read(self) -> None:
        whole = "<html" in self.text[:300].lower()
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.tree = parser.parse(
            self.text if whole else f"<!doctype html><title>x</title>{self.text}"
        )
        # A template's own mistakes: unclosed tags, stray ends, bad nesting.
        errors = [e for e in parser.errors if e[1] not in _HARMLESS]
        assert not errors, (self.response.request.path, errors[:5])
        ids = Counter(
            e.get("id") for e in self.tree.iter() if isinstance(e.tag, str) and e.get("id")
        )
        assert not [i for i, times in ids.items() if times > 1], (self.response.request.path, ids)
        if whole:
            assert len(self.all("h1")) == 1, (self.response.request.path, "one h1")
            title = "".join(self.all("title")[0].itertext())
            assert title.strip()
            assert "<" not in title
            html = self.tree if self.tree.tag == "html" else self.tree.find("html")
            assert html.get("lang") in {"zh-CN", "en"}

    def all(self, tag, **attributes):
        """Elements of a tag with these attributes (`class_` is a word in the class)."""
        wanted = attributes.pop("class_", None)
        return [
            e
            for e in self.tree.iter(tag)
            if all(e.get(k.rstrip("_").replace("_", "-")) == v for k, v in attributes.items())
            and (wanted is None or wanted in (e.get("class") or "").split())
        ]

    def said(self, tag, **attributes):
        """The text of the elements, blanks folded."""
        return [" ".join("".join(e.itertext()).split()) for e in self.all(tag, **attributes)]

    @property
    def words(self):
        """All that a reader sees, blanks folded."""
        return " ".join("".join(self.tree.itertext()).split())

    def fields(self):
        """Names of the fields of all forms."""
        return {e.get("name") for t in ("input", "select", "textarea") for e in self.tree.iter(t)}


_HARMLESS = {"unknown-doctype"}


def _is_text(response) -> bool:
    return response.mimetype.startswith(("text/", "application/json"))


class Browser(FlaskClient):
    """Flask's client with the words of a user."""

    signed_in = None  # past the sign-in page: the key of the session, and when it was last kept up

    def open(self, *args, **kwargs):
        db.session.rollback()  # what the test itself looked at must not hold the database
        self._keep_up()
        try:
            # A request of its own: nothing of the test or of the last request is left.
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.rollback()

    def sign_in(self, account):
        """Come in as this account, past the sign-in page that has tests of its own."""
        self.bear(account.get_id(), make.session(account.id))
        return self

    def bear(self, name, key):
        """Hold the cookie of a session that was made before."""
        with self.session_transaction() as session:
            session.clear()
            session.update({"_user_id": name, "_fresh": True, "key": key})
        self.signed_in = key, clock.now()

    def _keep_up(self):
        """A clock that a test moves ends no session; sessions have tests of their own."""
        if self.signed_in and abs(clock.now() - self.signed_in[1]) > timedelta(minutes=4):
            key, now = self.signed_in[0], clock.now()
            row = update(AccountSession).where(AccountSession.digest == digest(key))
            with writing():
                db.session.execute(row.values(began_at=now, seen_at=now, proved_at=now))
            self.signed_in = key, now

    def speak(self, language):
        self.set_cookie("lang", language)
        return self

    def visit(self, url, status=200, **more):
        page = Page(self.get(url, **more))
        assert page.status == status, (url, page.status, page.text[-2000:])
        return page

    def send(self, url, status=303, htmx=False, **fields):
        headers = {"HX-Request": "true"} if htmx else {}
        more = {"content_type": "multipart/form-data"} if fields.pop("files_", False) else {}
        page = Page(self.post(url, data=fields, headers=headers, **more))
        assert page.status == status, (url, page.status, page.text[-3000:])
        return page
