"""Badges of certificates: one for each unit that recorded something, signed by its own key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from talent.access import Permission
from talent.certificates import content as contents
from talent.certificates import service as certificates
from talent.certificates.badges import proof, shape, status
from talent.certificates.badges.shape import Identity
from talent.certificates.keys import service as keys
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.certificates.models import Certificate, CertificateLine, CertificateStatus
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.service import seen
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person

SHORT = 16  # hexadecimal digits of a fingerprint that name a key in an address


class Unbadged(Word):
    """Why there is no badge."""

    NOT_VALID = "not_valid", N_("This certificate is not valid any more, so it gives no badge.")
    NO_KEY = "no_key", N_("This certificate is from before there were keys for badges.")
    NO_MAIL = "no_mail", N_("There is no mail address on record.")


class Shown(Word):
    """By what a holder shows that a badge is his."""

    NOTHING = "nothing", N_("By nothing: only the number of the certificate")
    NUMBER = "number", N_("By my volunteer number, as a salted hash")
    MAIL = "mail", N_("By my mail address, as a salted hash")


@dataclass(frozen=True, slots=True)
class Offered:
    """A badge that can be taken home."""

    unit: int
    name_zh: str
    name_en: str | None
    minutes: int


def offered(actor: Actor, certificate: Certificate) -> list[Offered]:
    """The badges of a certificate that the actor may take: all of his own, or of his offices."""
    if certificates.standing(certificate).status is not CertificateStatus.VALID:
        return []
    units = _keys_in(certificate.content).keys() & _units_of(actor, certificate)
    return [
        Offered(group["unit"], group["name_zh"], group["name_en"], group["total_minutes"])
        for group in certificate.content["groups"]
        if group["unit"] in units
    ]


def badge(
    actor: Actor, certificate_id: int, unit: int, *, shown: Shown = Shown.NOTHING
) -> dict[str, Any]:
    """The signed badge of one unit; the same each time that the same is asked for."""
    certificate = certificates.visible_certificate(actor, certificate_id)
    if unit not in _units_of(actor, certificate):
        raise NotFound
    content = certificate.content
    if contents.digest(content) != certificate.digest:
        raise Refused([certificates.Invalid.ALTERED])
    if certificates.standing(certificate).status is not CertificateStatus.VALID:
        raise Refused([Unbadged.NOT_VALID])
    fingerprint = _keys_in(content).get(unit, "")
    if (key := keys.by_fingerprint([fingerprint]).get(fingerprint)) is None:
        raise Refused([Unbadged.NO_KEY])
    identity = _identity(certificate, shown) if speaks_for(actor, certificate.person) else None
    group = next(each for each in content["groups"] if each["unit"] == unit)
    number, index = status.place_of(certificate.id)
    site = content["verify_url"].rpartition("/verify/")[0]
    document = shape.credential(
        content,
        group,
        issuer=proof.did_of(key.public),
        issued_at=certificate.issued_at,
        status=status.entry(f"{site}{_path(key, number)}", index),
        identity=identity,
    )
    private = keys.private_of([fingerprint])[fingerprint]
    return proof.signed(document, private=private, created=certificate.issued_at)


def _keys_in(content: Mapping[str, Any]) -> dict[int, str]:
    """The fingerprint of each unit's key for badges; none from before there were any."""
    if contents.is_training(content):
        return {}  # a badge speaks of service
    return {each["unit"]: each["key"] for each in content.get("badges", ())}


def speaks_for(actor: Actor, person: Person) -> bool:
    """Whether the badge is the actor's own, or his child's."""
    return actor.person_id is not None and actor.person_id in {person.id, person.guardian_id}


def _units_of(actor: Actor, certificate: Certificate) -> set[int]:
    """Whose part of the certificate the actor may read."""
    units = {group["unit"] for group in certificate.content["groups"]}
    if speaks_for(actor, certificate.person):
        return units
    query = seen(actor, Permission.SEE_CERTIFICATES)
    return units & set(db.session.scalars(query))


def _identity(certificate: Certificate, shown: Shown) -> Identity | None:
    """The salt is the same each time and known to nobody else."""
    person = certificate.person
    if shown is Shown.NOTHING:
        return None
    if shown is Shown.MAIL and not person.email:
        raise Refused([Unbadged.NO_MAIL])
    salt = blind_index(f"badge:{shown.value}", certificate.number)[:32]
    if shown is Shown.MAIL:
        return Identity("emailAddress", (person.email or "").lower(), salt)
    return Identity("identifier", person.volunteer_no, salt)


def _path(key: OfficeKey, number: int) -> str:
    return f"/verify/badges/{key.fingerprint[:SHORT]}/{number}"


def status_list(code: str, number: int, *, site: str, now: datetime) -> tuple[dict[str, Any], str]:
    """The list of a key as a signed credential, and the same as a token."""
    key = _key(code)
    address = f"{site}{_path(key, number)}"
    first = number * status.BITS
    fallen = {each - first for each in _fallen(key, first, first + status.BITS)}
    document = status.credential(address, fallen, issuer=proof.did_of(key.public), now=now)
    private = keys.private_of([key.fingerprint])[key.fingerprint]
    token = proof.as_jwt(document, private=private, now=now - timedelta(minutes=5))
    return proof.signed(document, private=private, created=now), token


def _key(code: str) -> OfficeKey:
    query = select(OfficeKey).where(
        OfficeKey.purpose == Purpose.PAYLOAD,
        OfficeKey.office_id.is_not(None),
        OfficeKey.fingerprint.startswith(code, autoescape=True),
    )
    found = db.session.scalars(query.limit(2)).all()
    if len(code) != SHORT or len(found) != 1:
        raise NotFound
    return found[0]


def _fallen(key: OfficeKey, first: int, beyond: int) -> Iterable[int]:
    """Certificates with something of this unit that are revoked or not true any more.

    What a key signed after it was withdrawn is not its unit's, and falls with it.
    """
    lines = (
        select(CertificateLine.certificate_id)
        .join(Certificate, Certificate.id == CertificateLine.certificate_id)
        .where(CertificateLine.certificate_id >= first, CertificateLine.certificate_id < beyond)
    )
    own = (
        select(CertificateLine.certificate_id)
        .where(CertificateLine.office_id == key.office_id)
        .where(CertificateLine.certificate_id >= first, CertificateLine.certificate_id < beyond)
    )
    changed = or_(
        ServiceRecord.state != RecordState.APPROVED,
        ServiceRecord.minutes != CertificateLine.minutes,
        contents.wording_now() != CertificateLine.said,
    )
    query = lines.join(ServiceRecord, ServiceRecord.id == CertificateLine.record_id).where(
        CertificateLine.certificate_id.in_(own)
    )
    bad = or_(Certificate.revoked_at.is_not(None), changed)
    if key.compromised_at is not None:
        bad = or_(bad, Certificate.issued_at >= key.compromised_at)
    return db.session.scalars(query.where(bad).distinct())
