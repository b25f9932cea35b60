"""The file of a backup: compressed, encrypted and authenticated piece by piece.

A head in plain names the key. What follows is one zlib stream, cut into pieces of a mebibyte, each
sealed with AES-GCM under a key made for this file alone. A piece knows its place and whether it is
the last, so one that is missing, moved or added is noticed; what is read was never altered. Only
one piece is in memory at a time.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from talent.backup.errors import BadBackup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAGIC = b"TALENT BACKUP 1\n"
PIECE = 1 << 20
_TAG = 16
_HEAD = 300  # bytes that a head has at most
_LEVEL = 3  # of zlib: twice as fast as the usual 6, a tenth larger


def key_id(key: str) -> str:
    """The name of a key, which gives nothing of it away."""
    return hashlib.sha256(b"talent backup key\0" + key.encode()).hexdigest()[:12]


class Sealer:
    """Takes what is to be kept, and leaves it in a file as sealed pieces. `end()` it."""

    def __init__(self, out: BinaryIO, key: str) -> None:
        salt = secrets.token_hex(32)
        self._head = MAGIC + json.dumps({"key": key_id(key), "salt": salt}).encode() + b"\n"
        self._out, self._cipher = out, _cipher(key, salt)
        self._packing, self._waiting, self._number = zlib.compressobj(_LEVEL), bytearray(), 0
        out.write(self._head)

    def write(self, plain: bytes) -> None:
        """Take some bytes, as few or as many as there are."""
        self._waiting += self._packing.compress(plain)
        while len(self._waiting) > PIECE:  # there is more, so this is not the last
            self._seal(PIECE, last=False)

    def end(self) -> None:
        """Write what is left, and that it is the end."""
        self._waiting += self._packing.flush()
        while len(self._waiting) > PIECE:
            self._seal(PIECE, last=False)
        self._seal(PIECE, last=True)

    def _seal(self, size: int, *, last: bool) -> None:
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, self._head))
        self._number += 1


def named_key(file: BinaryIO) -> str:
    """The id of the key that a backup was sealed with, as its head says."""
    return str(_read_head(file)[1]["key"])


def plain(file: BinaryIO, keys: Sequence[str]) -> Iterator[bytes]:
    """What was kept, in bits of at most a mebibyte; `BadBackup` at the first that was altered."""
    head, told = _read_head(file)
    key = next((each for each in keys if key_id(each) == told["key"]), None)
    if key is None:
        message = f"it was sealed with the key {told['key']}, which BACKUP_KEY does not hold"
        raise BadBackup(message)
    unpacking = zlib.decompressobj()
    try:
        for piece in _opened(file, _cipher(key, told["salt"]), head):
            packed = piece
            while packed and (bit := unpacking.decompress(packed, PIECE)):
                yield bit
                packed = unpacking.unconsumed_tail
        if bit := unpacking.flush():
            yield bit
    except (InvalidTag, zlib.error):
        message = "it was altered, or its end is missing"
        raise BadBackup(message) from None
    if not unpacking.eof:
        message = "its end is missing"
        raise BadBackup(message)


def lines_and_rest(bits: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first line, and everything after it."""
    rest = iter(bits)
    line = b""
    while b"\n" not in line:
        bit = next(rest, b"")
        if not bit:
            message = "it says nothing about itself"
            raise BadBackup(message)
        line += bit
    first, _, more = line.partition(b"\n")
    return first, _chained(more, rest)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _opened(file: BinaryIO, cipher: AESGCM, head: bytes) -> Iterator[bytes]:
    number, here = 0, file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        yield cipher.decrypt(_nonce(number, last=not following), here, head)
        if not following:
            return
        number, here = number + 1, following


def _read_head(file: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    file.seek(0)
    magic, line = file.readline(_HEAD), file.readline(_HEAD)
    try:
        told = json.loads(line) if magic == MAGIC else {}
        return magic + line, {"key": str(told["key"]), "salt": str(told["salt"])}
    except (ValueError, KeyError, TypeError):
        message = "it is no backup of Talent"
        raise BadBackup(message) from None


def _cipher(key: str, salt: str) -> AESGCM:
    """A key of this file's own: no two files share one, so a piece's number is nonce enough."""
    derived = HKDF(hashes.SHA256(), 32, salt.encode(), b"talent backup 1").derive(key.encode())
    return AESGCM(derived)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
