"""New pairs of keys, and the X.509 certificates by which a program that reads PDFs knows them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID, ObjectIdentifier

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes

# A paper is kept for a life. When a key stops being believed is said by us, not by an expiry.
LIFE = timedelta(days=60 * 365)
LIFE_OF_ROOT = timedelta(days=100 * 365)
LONGEST_NAME = 64  # bytes; RFC 5280, ub-common-name
ORGANISATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Pair:
    """A key as it is stored. The private one is sealed by the column it goes into."""

    fingerprint: str
    public: bytes
    private: str
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a certificate names."""

    name: str
    credit_code: str | None = None

    @property
    def subject(self) -> x509.Name:
        """As X.509 writes it."""
        short = self.name.encode()[:LONGEST_NAME].decode(errors="ignore")
        parts = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.name),
            x509.NameAttribute(NameOID.COMMON_NAME, short),
        ]
        if self.credit_code:
            parts.insert(2, x509.NameAttribute(ORGANISATION_IDENTIFIER, self.credit_code))
        return x509.Name(parts)


@dataclass(frozen=True, slots=True)
class Voucher:
    """A root: its certificate, and the key that signs those of the offices."""

    certificate: bytes
    private: str


def of_payload() -> Pair:
    """A key for codes. It needs no certificate: it is looked up by its fingerprint."""
    return _pair(Ed25519PrivateKey.generate(), None)


def of_root(owner: Owner, now: datetime) -> Pair:
    """A key that vouches for others; its certificate it signs itself."""
    key = generate_private_key(SECP256R1())
    usage = {"key_cert_sign": True, "crl_sign": True}
    drawn = _drawn(owner.subject, owner.subject, key.public_key(), key.public_key(), usage)
    drawn = drawn.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    drawn = drawn.not_valid_before(now).not_valid_after(now + LIFE_OF_ROOT)
    return _pair(key, drawn.sign(key, hashes.SHA256()))


def of_pdf(owner: Owner, voucher: Voucher, now: datetime) -> Pair:
    """A key for PDFs, with a certificate by the root."""
    key, root = generate_private_key(SECP256R1()), loaded(voucher.private)
    if not isinstance(root, EllipticCurvePrivateKey):
        message = "The root is not a key that signs certificates."
        raise TypeError(message)
    vouching = x509.load_der_x509_certificate(voucher.certificate)
    usage = {"digital_signature": True, "content_commitment": True}
    drawn = _drawn(owner.subject, vouching.subject, key.public_key(), root.public_key(), usage)
    drawn = drawn.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    drawn = drawn.not_valid_before(now).not_valid_after(now + LIFE)
    return _pair(key, drawn.sign(root, hashes.SHA256()))


def loaded(private: str) -> PrivateKey:
    """The private key again, from its text."""
    key = serialization.load_pem_private_key(private.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey | Ed25519PrivateKey):
        message = "This is no kind of key that we make."
        raise TypeError(message)
    return key


def pem(key: bytes, certificate: bytes | None) -> str:
    """The certificate, or the bare public key where there is none, as other programs take it."""
    encoding = serialization.Encoding.PEM
    if certificate:
        return x509.load_der_x509_certificate(certificate).public_bytes(encoding).decode()
    public = serialization.load_der_public_key(key)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(encoding, form).decode()


def _drawn(
    subject: x509.Name,
    issuer: x509.Name,
    own: CertificateIssuerPublicKeyTypes,
    vouching: CertificateIssuerPublicKeyTypes,
    usage: dict[str, bool],
) -> x509.CertificateBuilder:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    key_usage = x509.KeyUsage(**dict.fromkeys(every, False) | usage)
    identifier = x509.SubjectKeyIdentifier.from_public_key(own)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(vouching)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .add_extension(key_usage, critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(authority, critical=False)
    )


def _pair(key: PrivateKey, certificate: x509.Certificate | None) -> Pair:
    encoding = serialization.Encoding
    public = key.public_key().public_bytes(
        encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(
        fingerprint=hashlib.sha256(public).hexdigest(),
        public=public,
        private=private.decode(),
        certificate=certificate.public_bytes(encoding.DER) if certificate else None,
    )
