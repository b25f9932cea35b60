"""Whom the server speaks to by itself: the mail server that was set, and nobody else."""

from __future__ import annotations

import ast
import socket
from pathlib import Path

import pytest
from pyld.jsonld import JsonLdError

from talent.certificates.badges import proof

ROOT = Path(__file__).parents[2]
CLIENTS = {
    "aiohttp", "asyncore", "ftplib", "grpc", "http.client", "httpx", "imaplib", "nntplib",
    "paramiko", "poplib", "requests", "smtplib", "socket", "ssl", "telnetlib",
    "urllib.request", "urllib3",
    "websockets", "xmlrpc.client", "apprise", "boto3", "redis",
}  # fmt: skip
# By whom, and why it is no door to an address that somebody typed.
KNOWN = {
    ("talent/mail.py", "smtplib"): "the mail server of the settings",
    ("talent/mail.py", "ssl"): "the mail server of the settings",
    ("talent/serve.py", "socket"): "whether its own port is free",
    ("talent/serve.py", "urllib.request"): "whether its own pages answer",
    ("talent/messages/jobs.py", "socket"): "the name of this machine",
    ("talent/operation/beats.py", "socket"): "the name of this machine",
    ("talent/patience.py", "socket"): "connections that others open",
}


def clients(path):
    """The modules that can speak to a network, of those that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{each.name}" for each in node.names)]
        for name in names:
            for client in CLIENTS:
                if name == client or name.startswith(f"{client}."):
                    yield client


def test_nothing_in_the_app_fetches_an_address():
    found = {
        (str(path.relative_to(ROOT)), client)
        for path in sorted((ROOT / "talent").rglob("*.py"))
        for client in clients(path)
    }
    assert found - set(KNOWN) == set()


def test_what_is_looked_for_would_be_found(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("import requests\nfrom urllib import request\nfrom http import client\n")
    assert set(clients(bad)) == {"requests", "urllib.request", "http.client"}


def test_a_badge_with_a_context_from_elsewhere_is_not_fetched(app, monkeypatch):
    """JSON-LD names addresses: they are files of ours, or an error."""
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, to: tried.append(to))
    document = {"@context": "http://127.0.0.1:9/evil", "id": "urn:x", "name": "x"}
    with pytest.raises(JsonLdError):
        proof._hashed(document)
    assert tried == []
