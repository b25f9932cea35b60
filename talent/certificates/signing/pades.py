"""PAdES signatures (ETSI EN 319 142, level B-B) as incremental updates, by pyHanko.

Nothing in it is random: the signature is RFC 6979's, the time is given, and the second half of the
document's identifier is a digest of what is signed. Signing again gives the same bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from talent.certificates.keys import minting

if TYPE_CHECKING:
    from datetime import datetime

    from pyhanko.pdf_utils.reader import PdfFileReader

DIGEST = "sha256"
RESERVED = 8192  # hexadecimal digits for the signature, which takes some 3 000
TOOLTIP = "出具单位的数字签名 Digital signature of the issuer"


@dataclass(frozen=True, slots=True)
class Words:
    """What a signature says about itself."""

    reason: str
    at: datetime


class Signatory(Signer):
    """An office's key at hand, with its certificate and the root's."""

    def __init__(self, key: EllipticCurvePrivateKey, own: Certificate, root: Certificate) -> None:
        known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        known.register(root)
        super().__init__(
            signing_cert=own,
            cert_registry=known,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self.key = key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - always ours
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> bytes:
        """The bare signature: equal for equal data."""
        return self.key.sign(data, ECDSA(hashes.SHA256(), deterministic_signing=True))


class _Revision(IncrementalPdfFileWriter):
    """An update that depends on nothing but what it updates."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> ArrayObject:
        first = prev.trailer["/ID"][0]
        digest = hashlib.sha256(prev.stream.getvalue()).digest()
        return ArrayObject(
            [
                ByteStringObject(getattr(first, "original_bytes", first)),
                ByteStringObject(digest[:16]),
            ]
        )

    def _update_meta(self) -> None:
        """The document was made when the certificate was issued, not when it is printed."""


def signatory(private: str, own: bytes, root: bytes) -> Signatory:
    """Made ready once; loading a key takes longer than signing."""
    key = minting.loaded(private)
    if not isinstance(key, EllipticCurvePrivateKey):
        message = "This key signs no PDFs."
        raise TypeError(message)
    return Signatory(key, Certificate.load(own), Certificate.load(root))


def sign(pdf: bytes, who: Signatory, words: Words, *, place: int, of: int) -> bytes:
    """The same PDF with an invisible signature more. After the last one nothing may be changed."""
    name = f"Signature{place}"
    # An object begins on a line of its own (PDF/A-2, 6.1.9).
    writer = _Revision(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    outside = InvisSigSettings(box_out_of_bounds=True)  # PDF/UA: no reader meets it untagged
    field = SigFieldSpec(name, invis_sig_settings=outside, readable_field_name=TOOLTIP)
    placeholder = SignatureObject(
        timestamp=words.at,
        subfilter=SigSeedSubFilter.PADES,
        reason=words.reason,
        bytes_reserved=RESERVED,
    )
    steps: Any = PdfCMSEmbedder(field).write_cms(name, writer)
    next(steps)
    steps.send(SigObjSetup(placeholder, _allowed(place, of)))
    prepared, out = steps.send(SigIOSetup(DIGEST, output=io.BytesIO()))
    signature = asyncio.run(who.async_sign(prepared.document_digest, DIGEST, use_pades=True))
    steps.send(signature)
    signed: bytes = out.getvalue()
    return signed


def _allowed(place: int, of: int) -> SigMDPSetup | None:
    """The first signature certifies the document: readers warn of what goes beyond the others."""
    if place > 1:
        return None
    level = MDPPerm.NO_CHANGES if of == 1 else MDPPerm.FILL_FORMS
    return SigMDPSetup(DIGEST, certify=True, docmdp_perms=level)
