"""Sign the PDF of a certificate: one signature of each recording unit, the same bytes each time."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from talent.certificates import content as contents
from talent.certificates.keys import service as keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from talent.certificates.signing.pades import Signatory

_own = threading.local()
MOST_KEPT = 500  # signatories a thread remembers


def signed(pdf: bytes, content: Mapping[str, Any]) -> bytes:
    """The PDF with the signatures that the content names; as it came when it names none."""
    from talent.certificates.signing import pades  # noqa: PLC0415 - half a second, once

    if not (signatories := _signatories(keys.named_in(content))):
        return pdf
    words = pades.Words(reason(content), datetime.fromisoformat(content["signed_at"]))
    for place, signatory in enumerate(signatories, start=1):
        pdf = pades.sign(pdf, signatory, words, place=place, of=len(signatories))
    return pdf


def reason(content: Mapping[str, Any]) -> str:
    """What the signature says it stands for: which certificate, and which content of it."""
    return f"{content['number']} SHA-256 {contents.digest(content)}"


def load(many: Iterable[Mapping[str, Any]]) -> None:
    """Have the keys of many certificates at hand: afterwards `signed` asks the database nothing."""
    _signatories({fingerprint for content in many for fingerprint in keys.named_in(content)})


def _signatories(fingerprints: Iterable[str]) -> list[Signatory]:
    from talent.certificates.signing import pades  # noqa: PLC0415

    held: dict[str, Signatory] = _own.__dict__.setdefault("held", {})
    wanted = list(fingerprints)
    if lacking := [each for each in wanted if each not in held]:
        if len(held) + len(lacking) > MOST_KEPT:
            held.clear()
            lacking = wanted
        found, private = keys.by_fingerprint(lacking), keys.private_of(lacking)
        for each in lacking:
            key = found[each]
            if key.certificate is None or key.root is None or key.root.certificate is None:
                message = f"The key {each} signs no PDFs."
                raise ValueError(message)
            held[each] = pades.signatory(private[each], key.certificate, key.root.certificate)
    return [held[each] for each in wanted]
