"""Sign a credential (W3C Data Integrity, eddsa-rdfc-2022) and write keys as did:key."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXTS = {CREDENTIALS: "credentials-v2.json", BADGES: "ob-v3p0-context-3.0.3.json"}
_FOLDER = Path(__file__).parent / "contexts"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"  # multicodec of an Ed25519 public key
_RAW = 32  # bytes, at the end of a SubjectPublicKeyInfo of Ed25519


class UnknownContext(LookupError):
    """A credential names a context that is not among our files. Nothing is fetched."""


def signed(document: Mapping[str, Any], *, private: str, created: datetime) -> dict[str, Any]:
    """The document with its proof; the same document, key and moment give the same bytes."""
    key = _loaded(private)
    did = did_of(key.public_key().public_bytes_raw())
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": moment(created),
        "verificationMethod": method_of(did),
        "proofPurpose": "assertionMethod",
    }
    options = {"@context": document["@context"], **proof}
    signature = key.sign(_hashed(options) + _hashed(document))
    return {**document, "proof": {**proof, "proofValue": "z" + base58(signature)}}


def as_jwt(document: Mapping[str, Any], *, private: str, now: datetime) -> str:
    """The same without its proof, as a JSON Web Token, which some verifiers ask for."""
    key = _loaded(private)
    did = did_of(key.public_key().public_bytes_raw())
    head = {"alg": "EdDSA", "kid": method_of(did), "typ": "vc+jwt"}
    claims = {key_: value for key_, value in document.items() if key_ != "proof"}
    claims |= {"iss": did, "jti": document["id"], "nbf": int(now.timestamp())}
    body = f"{_part(head)}.{_part(claims)}"
    return f"{body}.{_url64(key.sign(body.encode()))}"


def did_of(public: bytes) -> str:
    """did:key of an Ed25519 public key, raw or as SubjectPublicKeyInfo."""
    return f"did:key:z{base58(_ED25519 + public[-_RAW:])}"


def method_of(did: str) -> str:
    """The address of the one key of a did:key."""
    return f"{did}#{did.removeprefix('did:key:')}"


def moment(at: datetime) -> str:
    """As XML Schema writes it, in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def base58(content: bytes) -> str:
    """Base58 with the Bitcoin alphabet."""
    number, text = int.from_bytes(content), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    zeros = len(content) - len(content.lstrip(b"\0"))
    return _BASE58[0] * zeros + text


def _loaded(private: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(private.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        message = "This suite signs with Ed25519 alone."
        raise TypeError(message)
    return key


def _hashed(document: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical form (RDFC-1.0)."""
    how = {
        "algorithm": "URDNA2015",  # the same as RDFC-1.0 with SHA-256
        "format": "application/n-quads",
        "documentLoader": _load,
    }
    from pyld import jsonld  # noqa: PLC0415 - a quarter of a second, once

    return hashlib.sha256(jsonld.normalize(dict(document), how).encode()).digest()


def _load(address: str, _options: Any = None) -> dict[str, Any]:
    return {
        "contextUrl": None,
        "contentType": "application/ld+json",
        "documentUrl": address,
        "document": _context(address),
    }


@cache
def _context(address: str) -> Any:
    if address not in CONTEXTS:
        raise UnknownContext(address)
    return json.loads((_FOLDER / CONTEXTS[address]).read_text(encoding="utf-8"))


def _part(value: Any) -> str:
    return _url64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _url64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
