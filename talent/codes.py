"""Doors with a code that changes: what is shown, and what remains of a scan of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from talent import seal
from talent.rules import codes as law


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody signs in: of what kind, and which one."""

    kind: str
    key: str

    @property
    def _secret(self) -> bytes:
        return seal.blind_index(self.kind, self.key).encode()

    def shown(self, now: datetime) -> str:
        """The code that is shown now."""
        return law.code(self._secret, law.window(now))

    def scanned(self, code: str, now: datetime) -> str | None:
        """What proves later that the code was read now; None for one that is not shown now."""
        if not law.fits(self._secret, code, now):
            return None
        return seal.sign(f"scan: {self.kind}", [self.key, now.timestamp()])

    def scanned_at(self, proof: str) -> datetime | None:
        """When the code of this door was read, if the proof is one of it."""
        key, at = seal.signed(f"scan: {self.kind}", proof) or (None, 0)
        return datetime.fromtimestamp(at, UTC) if key == self.key else None
