"""Mail: a letter is composed, and leaves by SMTP or, where no server is named, as a file."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from talent.ical import CANCEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from email.policy import Policy
    from typing import Self


class _OneLine(UnstructuredHeader, BaseHeader):
    """An address, which must not be broken or encoded, or no mail program finds it (RFC 8058)."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """On one line: RFC 5322 allows 998 characters."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
# no server on the way needs to know more than ASCII
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
_GO_ON, _DONE, _FOR_GOOD = 354, 2, 5


class BadAddress(Exception):
    """No letter can be sent to this address."""


class Unreachable(Exception):
    """The server could not be spoken to; it has no letter of ours."""


class NotTaken(Exception):
    """The server said no: `for_good`, or come again later. It has not got the letter."""

    def __init__(self, answer: str, *, for_good: bool) -> None:
        super().__init__(answer)
        self.for_good = for_good


class InDoubt(Exception):
    """The letter was handed over and no answer came: it may have gone out or not."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A composed mail, with the number of the message it tells and the bare address."""

    number: int
    to: str
    mail: EmailMessage

    def __bytes__(self) -> bytes:
        return self.mail.as_bytes(policy=_POLICY)


def address(text: str) -> Address:
    """One mail address, or `BadAddress`; a name in another script is written in ASCII (IDNA)."""
    local, _, host = text.strip().rpartition("@")
    try:
        spec = f"{local}@{host.encode('idna').decode()}"
        if not local or not host or not spec.isascii() or any(c in spec for c in "\r\n\0"):
            raise BadAddress(text)
        return Address(addr_spec=spec)
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress(text) from error


def compose(
    *,
    number: int,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    settings: Mapping[str, Any],
    stop: str | None = None,
    event: tuple[str, bytes] | None = None,
) -> Letter:
    """A letter with a plain and an HTML body. `key` gives it the same Message-ID at every try.

    `stop` is the address that ends this kind of mail in one click (RFC 8058). `event` is a calendar
    with its method, as a third body (RFC 6047) and as a file for programs that look for one.
    """
    reader = address(to)
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = settings["MAIL_FROM"]
    mail["To"] = reader
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = now
    mail["Message-ID"] = f"<{number}.{digest}@{urlsplit(settings['PUBLIC_URL']).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    if stop:
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text.strip() + "\n")
    mail.add_alternative(html.strip() + "\n", subtype="html")
    if event:
        method, calendar = event
        told = {"method": method, "charset": "utf-8"}
        mail.add_alternative(calendar, "text", "calendar", cte="base64", params=told)
        name = "cancel.ics" if method == CANCEL else "invite.ics"
        mail.add_attachment(calendar, "application", "ics", cte="base64", filename=name)
    return Letter(number, reader.addr_spec, mail)


class Post:
    """The way out: `with post.ready(letter) as hand_over: hand_over()`.

    What fails before `hand_over` has sent nothing. One connection serves all letters of a batch.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._server:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._hang_up()

    @contextmanager
    def ready(self, letter: Letter) -> Iterator[Callable[[], None]]:
        """Everything up to the letter itself; then a call that hands it over."""
        if not self._settings["MAIL_SERVER"]:
            yield lambda: self._file(letter)
            return
        server = self._introduced(letter)
        handed: list[bool] = []

        def hand_over() -> None:
            handed.append(True)
            self._hand_over(server, letter)

        try:
            yield hand_over
        finally:
            if not handed:  # the server waits for a letter that will not come
                self._hang_up()

    def _file(self, letter: Letter) -> None:
        folder = self._settings["MAIL_FOLDER"]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f"{letter.number}.part"
        part.write_bytes(bytes(letter))
        part.replace(folder / f"{letter.number}.eml")

    def _introduced(self, letter: Letter) -> smtplib.SMTP:
        """Sender and reader named, and the server's word that it wants the letter."""
        try:
            server = self._server or self._connected()
            code, said = server.mail(bare(self._settings["MAIL_FROM"]))
            if code // 100 != _DONE:  # what is wrong with the sender is no fault of this letter
                raise _no(code, said, for_good=False)
            code, said = server.rcpt(letter.to)
            if code // 100 != _DONE:
                raise _no(code, said)
            code, said = server.docmd("DATA")
            if code != _GO_ON:
                raise _no(code, said)
        except NotTaken:
            self._again()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise Unreachable(_words(error)) from error
        return server

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> None:
        try:
            server.send(re.sub(rb"(?m)^\.", b"..", bytes(letter)) + b".\r\n")
            code, said = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise InDoubt(_words(error)) from error
        if code // 100 != _DONE:
            self._again()
            raise _no(code, said)

    def _connected(self) -> smtplib.SMTP:
        given, secure = self._settings, ssl.create_default_context()
        where = (given["MAIL_SERVER"], given["MAIL_PORT"])
        if given["MAIL_USE_SSL"]:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, timeout=given["MAIL_TIMEOUT"], context=secure
            )
        else:
            server = smtplib.SMTP(*where, timeout=given["MAIL_TIMEOUT"])
        self._server = server
        if given["MAIL_USE_TLS"]:
            server.starttls(context=secure)
        if given["MAIL_USERNAME"]:
            server.login(given["MAIL_USERNAME"], given["MAIL_PASSWORD"] or "")
        server.ehlo_or_helo_if_needed()
        return server

    def _again(self) -> None:
        """Clear the table for the next letter; a server that cannot is left."""
        try:
            if self._server and self._server.rset()[0] // 100 == _DONE:
                return
        except (smtplib.SMTPException, OSError):
            pass
        self._hang_up()

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server:
            with suppress(OSError):
                server.close()


def bare(sender: str) -> str:
    """`Talent <talent@localhost>` without the name."""
    found = re.search(r"<([^<>]+)>", sender)
    return found.group(1) if found else sender.strip()


def _no(code: int, said: bytes, *, for_good: bool | None = None) -> NotTaken:
    text = f"{code} {said.decode(errors='replace')}"
    lasting = code // 100 == _FOR_GOOD if for_good is None else for_good
    return NotTaken(text[:500], for_good=lasting)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
