"""Status lists (W3C Bitstring Status List): one bit a badge, set when it is not true any more."""

from __future__ import annotations

import base64
import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from talent.certificates.badges.proof import CREDENTIALS, moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BITS = 131_072  # the least that the standard allows, so that one holder is lost among many
HOLDS = timedelta(days=1)  # an old copy does not bring a revoked badge back for longer
REFRESHED = timedelta(minutes=5)


def place_of(certificate_id: int) -> tuple[int, int]:
    """Which list, and which bit in it."""
    return divmod(certificate_id, BITS)


def entry(address: str, index: int) -> dict[str, Any]:
    """What a badge says of where its bit stands."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def credential(
    address: str, indexes: Iterable[int], *, issuer: str, now: datetime
) -> dict[str, Any]:
    """The list as a credential, without its proof."""
    since = now - timedelta(minutes=now.minute % 5, seconds=now.second)
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(since),
        "validUntil": moment(since + HOLDS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(indexes),
            "ttl": int(REFRESHED.total_seconds() * 1000),
        },
    }


def encoded(indexes: Iterable[int]) -> str:
    """The bits, the first one leftmost, packed by gzip and written in base64url."""
    bits = bytearray(BITS // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> (index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
