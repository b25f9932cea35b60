"""The address behind the code on a certificate: the public check, with a signed short summary."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from talent.certificates import content as contents
from talent.certificates.keys import minting
from talent.certificates.keys import service as keys
from talent.certificates.payload import layout
from talent.certificates.payload.layout import Said
from talent.hours.models import VERIFIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from talent.certificates.keys.models import OfficeKey

PART = "c"  # of the address, before the summary
_own = threading.local()
MOST_KEPT = 500  # keys a thread remembers


def address(content: Mapping[str, Any]) -> str:
    """What the QR code carries; before there were keys, the bare address of the check."""
    if not (key := key_of(content)):
        return str(content["verify_url"])
    body = layout.packed(said(content))
    (private,) = _privates([key])
    place = content["verify_url"].removesuffix(content["number"])
    return f"{place}{PART}/{layout.text(body + private.sign(body))}"


def key_of(content: Mapping[str, Any]) -> str | None:
    """The fingerprint of the key that signs the code; None on one from before there were keys."""
    named: str | None = content.get("payload", {}).get("key")
    return named


def said(content: Mapping[str, Any]) -> Said:
    """The summary of a certificate's content."""
    number = content["number"]
    return Said(
        key=(key_of(content) or "")[: keys.SHORT],
        number=number,
        issued_on=date.fromisoformat(content["issued_on"]),
        first=max(date.fromisoformat(content["period"]["first"]), layout.EPOCH),
        last=max(date.fromisoformat(content["period"]["last"]), layout.EPOCH),
        minutes=content["total_minutes"],
        verified=verified_minutes(content),
        name=layout.name_digest(number, content["person"]["name"]),
        content=contents.digest(content)[:16],
        training=contents.is_training(content),
    )


def verified_minutes(content: Mapping[str, Any]) -> int:
    """The system-verified part of the total; the rest was stated by somebody."""
    lines = [line for group in content["groups"] for line in group["lines"]]
    known = {origin.value for origin in VERIFIED}
    return sum(line["minutes"] for line in lines if line["source"] in known)


def load(many: Iterable[Mapping[str, Any]]) -> None:
    """Have the keys of many at hand: afterwards `address` asks the database nothing."""
    _privates({key for content in many if (key := key_of(content))})


def read(typed: str) -> tuple[Said, OfficeKey] | None:
    """What a code says and whose key signed it; None when no key of ours did."""
    if (code := layout.code_in(typed)) is None:
        return None
    body, signature = code[: -layout.SIGNATURE], code[-layout.SIGNATURE :]
    if (found := layout.unpacked(body)) is None:
        return None
    for key in keys.of_codes(found.key):
        if _signed(key.public, signature, body):
            return found, key
    return None


def says(content: Mapping[str, Any], what: Said, key: OfficeKey) -> bool:
    """Whether a code that this key signed is the one of the certificate with this content."""
    return key_of(content) == key.fingerprint and said(content) == what


def _signed(public: bytes, signature: bytes, body: bytes) -> bool:
    key = load_der_public_key(public)
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return False
    return True


def _privates(fingerprints: Iterable[str]) -> Sequence[Ed25519PrivateKey]:
    held: dict[str, Ed25519PrivateKey] = _own.__dict__.setdefault("held", {})
    wanted = list(fingerprints)
    if lacking := [each for each in wanted if each not in held]:
        if len(held) + len(lacking) > MOST_KEPT:
            held.clear()
            lacking = wanted
        for fingerprint, text in keys.private_of(lacking).items():
            key = minting.loaded(text)
            if isinstance(key, Ed25519PrivateKey):
                held[fingerprint] = key
    return [held[each] for each in wanted]
