"""Doors with a code that changes: what is shown, and what remains of a scan of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import current_app

from talent import seal
from talent.rules import codes as law

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


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

    def scanned(self, code: str, now: datetime, person_id: int | None) -> str | None:
        """What proves later who read the code now; None for one that is not shown now.

        Whoever signs in after reading it is not known yet: `bound` writes the name in.
        """
        return self._proof(now, person_id) if law.fits(self._secret, code, now) else None

    def scanned_at(self, proof: str, person_id: int) -> datetime | None:
        """When this person read the code of this door, if the proof is one of it."""
        at, reader = self._read(proof)
        return at if reader in {None, person_id} else None

    def bound(self, proof: str, person_id: int) -> str | None:
        """The proof with the name of who holds it; None when it has one or is none."""
        at, reader = self._read(proof)
        return self._proof(at, person_id) if at and reader is None else None

    def _proof(self, at: datetime, person_id: int | None) -> str:
        return seal.sign(self._purpose, [self.key, at.timestamp(), person_id])

    def _read(self, proof: str) -> tuple[datetime | None, int | None]:
        key, at, reader = seal.signed(self._purpose, proof) or (None, 0, None)
        return (datetime.fromtimestamp(at, UTC), reader) if key == self.key else (None, None)

    @property
    def _purpose(self) -> str:
        return f"scan by somebody: {self.kind}"


def keep(answer: Response, name: str, proof: str, path: str) -> None:
    """Leave the proof of a scan with the reader, for the page behind the code alone."""
    answer.set_cookie(
        name,
        proof,
        max_age=int(law.SCAN_HOLDS.total_seconds()),
        path=path,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
