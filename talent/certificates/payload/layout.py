"""The bytes behind a code: a fixed layout of 43 bytes and an Ed25519 signature of 64, in base 32.

    kind 1 · key 4 · year 2 · the number's 60 random bits 8 · issue day 2 · first day 2 ·
    last day 2 · minutes in all 4 · system-verified minutes 4 · digest of the name 6 ·
    digest of the content 8

The kind is 1 for a certificate of service records and 2 for one of attendance, which is no service.
Integers are big-endian, days are counted from 1970-01-01, a key is named by the first bytes of its
fingerprint. `static/js/verify.js` reads the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from talent.certificates import number as numbers

SERVICE, TRAINING = 1, 2
SIGNATURE = 64
_BODY = struct.Struct(">B4sHQHHHII6s8s")
SIZE = _BODY.size + SIGNATURE
_LETTER = 5  # bits
EPOCH = date(1970, 1, 1)  # what began earlier begins here: a code holds no day before


@dataclass(frozen=True, slots=True)
class Said:
    """What a code says."""

    key: str  # 8 hexadecimal digits
    number: str
    issued_on: date
    first: date
    last: date
    minutes: int
    verified: int
    name: str  # digest, 12 hexadecimal digits
    content: str  # digest, 16 hexadecimal digits
    training: bool = False  # it is one of attendance


def packed(said: Said) -> bytes:
    """The bytes to be signed."""
    year, bits = _bits(said.number)
    days = ((day - EPOCH).days for day in (said.issued_on, said.first, said.last))
    kind = TRAINING if said.training else SERVICE
    return _BODY.pack(
        kind, bytes.fromhex(said.key), year, bits, *days, said.minutes, said.verified,
        bytes.fromhex(said.name), bytes.fromhex(said.content),
    )  # fmt: skip


def unpacked(body: bytes) -> Said | None:
    """What the bytes say; None when they were not laid out like this."""
    if len(body) != _BODY.size or body[0] not in {SERVICE, TRAINING}:
        return None
    kind, key, year, bits, issued, first, last, minutes, verified, name, content = _BODY.unpack(
        body
    )
    if bits >> numbers.RANDOM * _LETTER:
        return None
    issued, first, last = (EPOCH + timedelta(days) for days in (issued, first, last))
    return Said(
        key.hex(), _number(year, bits), issued, first, last, minutes, verified, name.hex(),
        content.hex(), kind == TRAINING,
    )  # fmt: skip


def text(code: bytes) -> str:
    """Base 32, upper case, without padding: letters for which a QR code has a mode of its own."""
    return base64.b32encode(code).decode().rstrip("=")


def code_in(typed: str) -> bytes | None:
    """The bytes again; None when a letter differs from what `text` writes."""
    try:
        code = base64.b32decode(typed + "=" * (-len(typed) % 8))
    except (binascii.Error, ValueError):
        return None
    return code if len(code) == SIZE and text(code) == typed else None


def name_digest(number: str, name: str) -> str:
    """By which whoever reads the name on the paper can tell that it is this one."""
    whole = f"{number}\0{unicodedata.normalize('NFC', name)}".encode()
    return hashlib.sha256(whole).hexdigest()[:12]


def _bits(number: str) -> tuple[int, int]:
    plain = number.replace("-", "").removeprefix(numbers.PREFIX)
    bits = 0
    for letter in plain[4:-1]:
        bits = bits << _LETTER | numbers.LETTERS.index(letter)
    return int(plain[:4]), bits


def _number(year: int, bits: int) -> str:
    letters = "".join(
        numbers.LETTERS[bits >> _LETTER * place & 31] for place in reversed(range(numbers.RANDOM))
    )
    body = f"{year:04d}{letters}"
    return numbers.grouped(numbers.PREFIX + body + numbers.check_letter(body))
