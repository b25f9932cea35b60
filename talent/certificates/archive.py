"""Many certificates in one ZIP, written while it is sent."""

from __future__ import annotations

import io
import logging
import zipfile
from typing import TYPE_CHECKING, Any

from talent.certificates.pdf import MissingGlyph, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

UNPRINTED = "NOT-PRINTED.txt"
log = logging.getLogger("talent")


class _Sent(io.RawIOBase):
    """What a ZIP file writes, until it is taken away."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any, /) -> int:
        self.waiting.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        chunk, self.waiting = b"".join(self.waiting), []
        return chunk


def zipped(contents: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """A PDF of each, named by person and number. What does not print is named in a text file."""
    sent, unprinted = _Sent(), []
    with zipfile.ZipFile(sent, "w") as file:
        for content in contents:
            name = f"{content['person']['name']}_{content['number']}"
            try:
                _put(file, f"{name}.pdf", render(content), content["issued_on"])
            except (MissingGlyph, RuntimeError):
                log.exception("certificate %s cannot be printed", content["number"])
                unprinted.append(name)
            yield sent.taken()
        if unprinted:
            text = "\r\n".join(unprinted).encode()
            _put(file, UNPRINTED, text, contents[0]["issued_on"])
    yield sent.taken()


def _put(file: zipfile.ZipFile, name: str, body: bytes, day: str) -> None:
    year, month, of_month = map(int, day.split("-"))
    entry = zipfile.ZipInfo(
        name.replace("/", "_").replace("\\", "_"), (year, month, of_month, 0, 0, 0)
    )
    entry.external_attr = 0o644 << 16
    file.writestr(entry, body)
