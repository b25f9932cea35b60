"""What a PDF proves by its bytes alone, before anything in it is parsed.

Somebody's PDF may be built to make a reader work for hours. So first the bytes are looked at: the
file must end with a signature over all of it, in exactly the form in which we write one, and by a
key of ours. Only then, when we wrote each byte ourselves, pyHanko reads it and has the last word.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import cms
from asn1crypto.x509 import Certificate
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from talent.certificates import number as numbers
from talent.certificates.signing import pades

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_HOLE = re.compile(rb"<([0-9A-F]+)>")
_NUMBER = re.compile(rb"ZM[0-9]{4}(?:-[0-9A-Z]{4}){2}-[0-9A-Z]{5}")
_TITLE = "".join("00" + one.encode().hex().upper() for one in numbers.PREFIX)
_WIDE_NUMBER = re.compile(_TITLE.encode() + rb"(?:00[0-9A-F]{2}){19}")
_LONG = 0x80
_NULL = b"\x05\x00"
_SHA256 = bytes.fromhex("0609608648016503040201")
_ECDSA = bytes.fromhex("06082a8648ce3d040302")
_PLAIN = bytes.fromhex("06092a864886f70d010701")
_SIGNED = bytes.fromhex("06092a864886f70d010702")


@dataclass(frozen=True, slots=True)
class Outermost:
    """The signature over the whole file: whose it says it is, and what it is over."""

    fingerprint: str  # of the key in the signer's certificate
    own: bytes  # that certificate, DER
    others: tuple[bytes, ...]
    signed: bytes  # what was signed
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a PDF that holds: whose, and what it says it stands for."""

    fingerprint: str
    reason: str


def outermost(pdf: bytes) -> Outermost | None:
    """The last signature, if it is over every byte and written as we write one."""
    if not (found := _RANGE.findall(pdf)):
        return None
    before, after, rest = map(int, found[-1])
    hole = _HOLE.fullmatch(pdf[before:after])
    if not before < after <= after + rest == len(pdf) or hole is None:
        return None
    if len(hole[1]) != pades.RESERVED:  # a longer one may hold a million parts
        return None
    digest = hashlib.sha256(pdf[:before] + pdf[after:]).digest()
    try:
        return _strict(bytes.fromhex(hole[1].decode()), digest)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return None  # not DER, or not what stands there in ours


def holds(said: Outermost, public: bytes, certificates: Iterable[bytes]) -> bool:
    """Whether this very key signed it, and its certificates stand there and no others."""
    own, *others = certificates
    key = load_der_public_key(public)
    if said.own != own or set(said.others) != set(others):
        return False
    if not isinstance(key, EllipticCurvePublicKey):
        return False
    try:
        key.verify(said.signature, said.signed, ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def numbers_in(pdf: bytes) -> list[str]:
    """Numbers of certificates that a file names where its title stands, in order."""
    plain = [found[0].decode() for found in _NUMBER.finditer(pdf)]
    wide = [
        bytes.fromhex(found[0].decode()).decode("utf-16-be", "replace")
        for found in _WIDE_NUMBER.finditer(pdf)
    ]
    read = (numbers.read(each) for each in [*plain[:20], *wide[:20]])
    return list(dict.fromkeys(each for each in read if each))


def signatures(pdf: bytes, roots: Iterable[bytes]) -> list[Signature] | None:
    """The signatures of a PDF that we wrote, in order; None if pyHanko does not vouch for all."""
    reader = PdfFileReader(io.BytesIO(pdf))
    trusted = [Certificate.load(root) for root in roots]
    context = ValidationContext(
        trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail"
    )
    found = reader.embedded_signatures
    if not found or not all(asyncio.run(_vouched(each, context)) for each in found):
        return None
    if found[-1].evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        return None
    return [
        Signature(fingerprint(each.signer_cert), str(each.sig_object.get("/Reason", "")))
        for each in found
    ]


def fingerprint(certificate: Certificate) -> str:
    """By which we know the key in a certificate."""
    return hashlib.sha256(certificate.public_key.dump()).hexdigest()


async def _vouched(one: EmbeddedPdfSignature, context: ValidationContext) -> bool:
    status = await async_validate_pdf_signature(one, context)
    return bool(status.bottom_line)


def _strict(der: bytes, digest: bytes) -> Outermost | None:
    """CMS has room for bytes that no signature covers. So it is put together anew, and compared."""
    data = cms.ContentInfo.load(der)["content"]
    (signer,) = data["signer_infos"]
    held = [each.chosen for each in data["certificates"]]
    name = signer["sid"].chosen
    signs = (name["issuer"], name["serial_number"].native)
    (mine,) = (each for each in held if (each.issuer, each.serial_number) == signs)
    attributes = signer["signed_attrs"]
    said = {each["type"].native: each["values"] for each in attributes}
    if said["message_digest"].native != [digest]:
        return None
    outermost = Outermost(
        fingerprint=fingerprint(mine),
        own=mine.dump(),
        others=tuple(each.dump() for each in held if each is not mine),
        signed=attributes.untag().dump(),
        signature=signer["signature"].native,
    )
    identity = _tlv(0x30, mine.issuer.dump(), mine["tbs_certificate"]["serial_number"].dump())
    written = (
        _written([each.dump() for each in held], identity, attributes.contents, outermost, null)
        for null in (b"", _NULL)  # an algorithm without parameters may say so
    )
    return outermost if der in {each.ljust(len(der), b"\0") for each in written} else None


def _written(
    certificates: list[bytes], identity: bytes, attributes: bytes, said: Outermost, null: bytes
) -> bytes:
    """The CMS of one signer as ours are, from the parts in it that differ."""
    sha256, one = _tlv(0x30, _SHA256, null), b"\x02\x01\x01"
    signer = _tlv(
        0x30, one, identity, sha256, _tlv(0xA0, attributes), _tlv(0x30, _ECDSA),
        _tlv(0x04, said.signature),
    )  # fmt: skip
    signed = _tlv(
        0x30, one, _tlv(0x31, sha256), _tlv(0x30, _PLAIN), _tlv(0xA0, *certificates),
        _tlv(0x31, signer),
    )  # fmt: skip
    return _tlv(0x30, _SIGNED, _tlv(0xA0, signed))


def _tlv(tag: int, *parts: bytes) -> bytes:
    """DER: what it is, how long it is, and it."""
    body = b"".join(parts)
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    short = len(body) < _LONG
    return bytes([tag]) + (length if short else bytes([_LONG | len(length)]) + length) + body
