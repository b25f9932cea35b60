"""Many certificates in one file: parts that are kept, a ZIP written while it is sent, one PDF."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf

from talent.sheets.flowing import Sent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

UNPRINTED = "NOT-PRINTED.txt"
JOINED_AT_MOST = 200  # certificates in one PDF: a thousand take a gigabyte of memory
_LONGEST = 80  # characters of a name in a file name


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and the name of its file."""

    name: str
    pdf: bytes


def file_name(person: str, number: str) -> str:
    """By person and number, in signs that every system takes."""
    kept = "".join("_" if one in '/\\:*?"<>|' or ord(one) < 32 else one for one in person)  # noqa: PLR2004
    return f"{kept[:_LONGEST].strip(' .')}_{number}.pdf"


def packed(files: Iterable[Printed], day: date) -> bytes:
    """A part: PDFs in a ZIP, as they are, since a PDF does not get smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for each in files:
            _put(file, each.name, each.pdf, day)
    return out.getvalue()


def unpacked(part: bytes, wanted: Collection[str]) -> list[Printed]:
    """Those of a part's files that are wanted, in their order."""
    with zipfile.ZipFile(io.BytesIO(part)) as file:
        return [Printed(name, file.read(name)) for name in file.namelist() if name in wanted]


def zipped(files: Iterable[Printed], texts: Iterable[Printed], day: date) -> Iterator[bytes]:
    """All files in one ZIP, piece by piece, so that no more than one of them is held."""
    sent = Sent()
    with zipfile.ZipFile(sent, "w") as file:
        for each in files:
            _put(file, each.name, each.pdf, day)
            yield sent.taken()
        for each in texts:
            _put(file, each.name, each.pdf, day)
    yield sent.taken()


def joined(files: Iterable[Printed], title: str) -> bytes:
    """One PDF of all, for the printer: no signature holds in it, and no certificate is it."""
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for each in files:
            with pikepdf.open(io.BytesIO(each.pdf)) as one:
                _without_signatures(one)
                whole.pages.extend(one.pages)
        whole.docinfo["/Title"] = title
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _without_signatures(pdf: pikepdf.Pdf) -> None:
    """They do not hold where pages are joined, and a reader would say that they are broken."""
    if "/AcroForm" in pdf.Root:
        del pdf.Root.AcroForm
    for page in pdf.pages:
        if kept := [one for one in page.get("/Annots", []) if one.Subtype != "/Widget"]:
            page.Annots = pikepdf.Array(kept)
        elif "/Annots" in page:
            del page.Annots


def _put(file: zipfile.ZipFile, name: str, body: bytes, day: date) -> None:
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    file.writestr(entry, body)
