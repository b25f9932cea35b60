"""Check a certificate by its number, by the code on it, or by the file itself; store nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, true
from sqlalchemy.orm import aliased

from talent.certificates import paper
from talent.certificates import service as certificates
from talent.certificates.keys import service as keys
from talent.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateLine,
    CertificateStatus,
)
from talent.certificates.payload import service as payload
from talent.certificates.pdf import MissingGlyph
from talent.certificates.signing import service as signing
from talent.db import db
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from talent.certificates.keys.models import OfficeKey

LARGEST_PDF = 5 * 1024 * 1024
NEWER = 20  # later certificates of a person that are looked at


class Verdict(Word):
    """What whoever checks is told first."""

    VALID = "valid", N_("Valid")
    SUPERSEDED = "superseded", N_("Superseded: a record was corrected")
    REVOKED = "revoked", N_("Revoked")
    WITHDRAWN = "withdrawn", N_("Signed with a key that was withdrawn")
    ALTERED = "altered", N_("Altered")
    UNKNOWN = "unknown", N_("Unknown")


class Finding(Word):
    """What was found in a file or a code, beyond the number."""

    INTACT = "intact", N_("The file is exactly the one that was issued: no byte was changed.")
    CODE_INTACT = "code_intact", N_("The code was signed by the issuer and says the same.")
    UNSIGNED = (
        "unsigned",
        N_("It was issued before certificates were signed, so the file itself proves nothing."),
    )
    CHANGED = (
        "changed",
        N_("The file is not the one that was issued: it was changed or saved anew afterwards."),
    )
    OTHERS = "others", N_("The file is not what was issued under this number.")
    CODE_CHANGED = "code_changed", N_("What the code says was not signed by any office here.")
    CODE_DIFFERS = "code_differs", N_("The code does not say what was issued under this number.")
    NO_NUMBER = "no_number", N_("The file is no certificate of ours: it names no number.")
    KEY = "key", N_("Whoever had the key may have made this file, so it proves nothing.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check tells, and about which certificate."""

    verdict: Verdict
    certificate: Certificate | None = None
    finding: Finding | None = None
    newer: Certificate | None = None  # that takes the place of a superseded one
    since: datetime | None = None  # the key that signed it is not believed

    @property
    def told(self) -> bool:
        """Whether the certificate's particulars are shown: not to one who holds a changed one."""
        return self.certificate is not None and self.verdict is not Verdict.ALTERED


def by_number(typed: str) -> Answer:
    """What stands behind a number."""
    if (certificate := certificates.find(typed)) is None:
        return Answer(Verdict.UNKNOWN)
    return _standing(certificate, None)


def by_code(typed: str) -> Answer:
    """What stands behind a code, when it says what was issued."""
    if (read := payload.read(typed)) is None:
        return Answer(Verdict.ALTERED, finding=Finding.CODE_CHANGED)
    said, key = read
    if (certificate := certificates.find(said.number)) is None:
        return Answer(Verdict.UNKNOWN)
    if not payload.says(certificate.content, said, key):
        return Answer(Verdict.ALTERED, certificate, Finding.CODE_DIFFERS)
    return _standing(certificate, Finding.CODE_INTACT)


def by_file(pdf: bytes) -> Answer:
    """What stands behind a PDF, when it is the one that was issued, to the byte."""
    from talent.certificates.checking import document  # noqa: PLC0415 - half a second, once

    outermost = document.outermost(pdf)
    key = None
    if outermost:
        key = keys.by_fingerprint([outermost.fingerprint]).get(outermost.fingerprint)
    if not outermost or not key or not document.holds(outermost, key.public, _chain(key)):
        return _unproved(document.numbers_in(pdf))
    if key.compromised_at:
        return _by_doubtful_key(pdf, document.numbers_in(pdf), key.compromised_at)
    roots = [root.certificate for root in keys.roots() if root.certificate]
    signatures = document.signatures(pdf, roots) or []
    reasons = {each.reason for each in signatures}
    certificate = certificates.find(reasons.pop().split(" ")[0]) if len(reasons) == 1 else None
    if certificate is None:
        return Answer(Verdict.UNKNOWN)
    named = [each.fingerprint for each in signatures]
    if named != keys.named_in(certificate.content) or any(
        each.reason != signing.reason(certificate.content) for each in signatures
    ):
        return Answer(Verdict.ALTERED, certificate, Finding.OTHERS)
    return _standing(certificate, Finding.INTACT)


def _chain(key: OfficeKey) -> list[bytes]:
    return [each.certificate for each in (key, key.root) if each and each.certificate]


def _unproved(numbers: Sequence[str]) -> Answer:
    """A file without our signature: the number in it tells what it may have been."""
    certificate = next(filter(None, map(certificates.find, numbers[:1])), None)
    if certificate is None:
        return Answer(Verdict.UNKNOWN, finding=None if numbers else Finding.NO_NUMBER)
    if not keys.named_in(certificate.content):
        return _standing(certificate, Finding.UNSIGNED)
    return Answer(Verdict.ALTERED, certificate, Finding.CHANGED)


def _by_doubtful_key(pdf: bytes, numbers: Sequence[str], since: datetime) -> Answer:
    """A thief writes any day on his file. It is believed if we would print the very same again."""
    certificate = next(filter(None, map(certificates.find, numbers[:1])), None)
    if certificate and certificate.issued_at < since:
        try:
            if paper.printed(certificate.content) == pdf:
                return _standing(certificate, Finding.INTACT)
        except (MissingGlyph, RuntimeError):
            pass  # it cannot be printed any more, so nothing is proved
    return Answer(Verdict.WITHDRAWN, certificate, Finding.KEY, since=since)


def _standing(certificate: Certificate, finding: Finding | None) -> Answer:
    status = certificates.standing(certificate).status
    if status is CertificateStatus.REVOKED:
        return Answer(Verdict.REVOKED, certificate, finding)
    if since := _doubtful_since(certificate):
        return Answer(Verdict.WITHDRAWN, certificate, finding, since=since)
    if status is CertificateStatus.SUPERSEDED:
        return Answer(Verdict.SUPERSEDED, certificate, finding, newer=newer(certificate))
    return Answer(Verdict.VALID, certificate, finding)


def _doubtful_since(certificate: Certificate) -> datetime | None:
    """Since when a key was not believed that signed this certificate after it."""
    named = [*keys.named_in(certificate.content), payload.key_of(certificate.content) or ""]
    held: Iterable[OfficeKey] = keys.by_fingerprint(named).values()
    since = [
        key.compromised_at
        for key in held
        if key.compromised_at and not key.believed_at(certificate.issued_at)
    ]
    return min(since, default=None)


def newer(certificate: Certificate) -> Certificate | None:
    """The latest valid one of the same person, with all its units and all its days.

    Of training it is one of the same record.
    """
    own, later = aliased(CertificateLine), aliased(CertificateLine)
    said = exists().where(later.certificate_id == Certificate.id, later.office_id == own.office_id)
    lacking = exists().where(own.certificate_id == certificate.id, ~said)
    records = [line.training_record_id for line in certificate.lines if line.training_record_id]
    same = later.certificate_id == Certificate.id, later.training_record_id.in_(records)
    query = (
        select(Certificate)
        .where(
            Certificate.person_id == certificate.person_id,
            Certificate.id > certificate.id,
            Certificate.kind == certificate.kind,
            exists().where(*same) if certificate.kind is CertificateKind.TRAINING else true(),
            Certificate.period_from <= certificate.period_from,
            Certificate.period_to >= certificate.period_to,
            Certificate.revoked_at.is_(None),
            ~lacking,
        )
        .order_by(Certificate.id.desc())
        .limit(NEWER)
    )
    found = db.session.scalars(query).all()
    standings = certificates.standings(found)
    valid = (each for each in found if standings[each.id].status is CertificateStatus.VALID)
    return next(valid, None)
