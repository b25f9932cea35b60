"""A mail server that does as it is told, and letters read as their readers see them."""

from __future__ import annotations

import email
import socket
import threading
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from ports import free_port


class Server:
    """Each command is answered from a script; what was accepted is kept."""

    def __init__(self) -> None:
        self.accepted = []
        self.script = {}  # command: list of answers, used up one by one

    def _next(self, command, otherwise):
        answers = self.script.get(command) or []
        answer = answers.pop(0) if answers else otherwise
        return answer() if callable(answer) else answer

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return self._next("MAIL", "250 OK")

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self._next("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        answer = self._next("DATA", "250 OK")
        if answer.startswith("250"):
            self.accepted.append((envelope.rcpt_tos, read(envelope.content)))
        return answer


def read(content):
    return email.message_from_bytes(content, policy=default)


@pytest.fixture
def server(built, monkeypatch):
    """A real mail server on a port of its own, and the app set to use it."""
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    server.port = controller.port
    for name, value in {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": server.port,
        "MAIL_TIMEOUT": 2,
    }.items():
        monkeypatch.setitem(built.config, name, value)
    yield server
    controller.stop()


@pytest.fixture
def folder(built, tmp_path, monkeypatch):
    """No server: letters are written into this folder."""
    monkeypatch.setitem(built.config, "MAIL_SERVER", "")
    monkeypatch.setitem(built.config, "MAIL_FOLDER", tmp_path / "mail")
    return tmp_path / "mail"


class Mute:
    """Takes a letter whole and never answers it."""

    def __init__(self) -> None:
        self.letters = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self.speak(wire)

    def speak(self, wire):
        answers = {b"EHLO": b"250 here", b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"DATA": b"354 go"}
        wire.write(b"220 mute\r\n")
        wire.flush()
        for line in wire:
            if line == b".\r\n":
                self.letters += 1
            elif (word := line[:4].upper()) in answers:
                wire.write(answers[word] + b"\r\n")
                wire.flush()


@pytest.fixture
def mute(built, monkeypatch):
    """A mail server that swallows."""
    server = Mute()
    for name, value in {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": server.port,
        "MAIL_TIMEOUT": 1,
    }.items():
        monkeypatch.setitem(built.config, name, value)
    yield server
    server.listener.close()
