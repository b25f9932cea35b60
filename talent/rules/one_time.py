"""Codes that work once: RFC 6238 (TOTP) over RFC 4226 (HOTP); ASVS 5.0 6.5.1, 6.5.2, 6.5.4, 6.5.5.

Six digits of an app for half a minute each, and recovery codes that stand in for the app.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from datetime import datetime

STEP = 30  # seconds
DIGITS = 6
DRIFT = 1  # steps that a clock may be wrong, either way
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_SIGNS = 9  # behind the digit of the place: 45 bits
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O or U: they are misread


def step_at(now: datetime) -> int:
    """RFC 6238 4.2: the number of the half minute."""
    return int(now.timestamp()) // STEP


def code_of(secret: bytes, step: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """RFC 4226 5.3: the code that the app shows in that half minute."""
    mark = hmac.new(secret, struct.pack(">Q", step), digest).digest()
    place = mark[-1] & 0x0F
    number: int = struct.unpack(">I", mark[place : place + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, now: datetime, last_step: int) -> int | None:
    """6.5.1, 6.5.5: the half minute whose code was typed, later than the last one that was used.

    All of them are compared, so that the time tells nothing.
    """
    present, found = step_at(now), None
    for step in range(present - DRIFT, present + DRIFT + 1):
        same = hmac.compare_digest(code_of(secret, step).encode(), typed.encode())
        if same and step > last_step:
            found = step
    return found


def read_code(typed: str) -> str:
    """What was meant: capital letters and digits, without the blanks and dashes of reading."""
    given = unicodedata.normalize("NFKC", typed).upper()
    return re.sub(r"[\s\-·—–]", "", given).translate(str.maketrans("OIL", "011"))


def is_app_code(code: str) -> bool:
    """Whether it looks like a code of the app, and not like a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdecimal()


def shown_secret(secret: bytes) -> str:
    """The secret as one types it into an app, in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code holds, as apps have agreed on it."""
    text = base64.b32encode(secret).decode().rstrip("=")
    asked = urlencode(
        {"secret": text, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP},
        quote_via=quote,
    )
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{asked}"


def recovery_code(place: int, numbers: bytes) -> str:
    """A recovery code out of random bytes: the digit of its place, then 45 bits in letters."""
    signs = "".join(ALPHABET[number % len(ALPHABET)] for number in numbers[:RECOVERY_SIGNS])
    return f"{place}{signs[:4]}-{signs[4:]}"


def place_of(code: str) -> int | None:
    """6.5.2: the place of a recovery code, or None when it is none."""
    whole = len(code) == 1 + RECOVERY_SIGNS and code.isascii() and code[0].isdecimal()
    return int(code[0]) if whole else None
