"""What a badge says, in the words of Open Badges 3.0; from the frozen content and nothing else."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talent.certificates.badges.proof import BADGES, CREDENTIALS, moment
from talent.rules.certificates import hours_and_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MINUTES_IN_HOUR = 60
_EXACT = 3  # minutes: as many hundredths of an hour as there are, five to each
NAME = "志愿服务记录证明 Volunteer Service Record"
CRITERIA = (
    "依据《志愿服务条例》和《志愿服务记录与证明出具办法（试行）》，由记录单位根据志愿服务记录免费、如实出具。"
    " Issued free of charge and truthfully by the unit that recorded the service, from its records."
)
UNIT_OF_TIME = "小时；不能整除时写作“时:分” hours; where they do not divide, hours:minutes"
RESULTS = {
    "total": f"服务时长 Service time ({UNIT_OF_TIME})",
    "verified": f"其中系统核验的时长 Of it verified by the system ({UNIT_OF_TIME})",
    "by_hand": f"其中人工登记的时长 Of it entered by hand ({UNIT_OF_TIME})",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """How a holder shows that a badge is his: only when he asks for it, and never by his document.

    `kind` is a term of Open Badges: emailAddress, or identifier for the volunteer number.
    """

    kind: str
    value: str
    salt: str

    def hashed(self) -> dict[str, Any]:
        """A salted hash: who knows the value can compare it, nobody reads it."""
        digest = hashlib.sha256((self.value + self.salt).encode()).hexdigest()
        return {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": f"sha256${digest}",
            "identityType": self.kind,
            "salt": self.salt,
        }


def hours(minutes: int) -> str:
    """Hours, exactly: `36.5`, `0.05`; fifty minutes have no decimal, and are `0:50`."""
    whole, rest = hours_and_minutes(minutes)
    if rest % _EXACT:
        return f"{whole}:{rest:02d}"
    return f"{(Decimal(minutes) / MINUTES_IN_HOUR).normalize():f}"


def credential(
    content: Mapping[str, Any],
    group: Mapping[str, Any],
    *,
    issuer: str,
    issued_at: datetime,
    status: Mapping[str, Any],
    identity: Identity | None = None,
) -> dict[str, Any]:
    """The credential of one unit, without its proof. `issuer` is the did:key of the unit."""
    names = _Names(content["verify_url"], group["unit"])
    days = sorted(line["date"] for line in group["lines"])
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "id": names.of("subject"),
        "activityStartDate": f"{days[0]}T00:00:00Z",
        "activityEndDate": f"{days[-1]}T23:59:59Z",
        "achievement": _achievement(group, names, issuer),
        "result": _results(group, names),
    }
    if identity:
        subject["identifier"] = [identity.hashed()]
    return {
        "@context": [CREDENTIALS, BADGES],
        "id": names.of("credential"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": NAME,
        "issuer": {
            "id": issuer,
            "type": ["Profile"],
            "name": _name(group),
            "url": content["verify_url"].rpartition("/verify/")[0] + "/verify/keys",
        },
        "validFrom": moment(issued_at),
        "evidence": [
            {
                "id": content["verify_url"],
                "type": ["Evidence"],
                "name": "查验 Verify",
                "description": f"证明编号 Certificate number: {content['number']}",
            }
        ],
        "credentialSubject": subject,
        "credentialStatus": dict(status),
    }


class _Names:
    """Identifiers that nobody guesses and that are the same each time: made from the number."""

    def __init__(self, verify_url: str, unit: int) -> None:
        self._space = uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, verify_url), str(unit))

    def of(self, part: str) -> str:
        return f"urn:uuid:{uuid.uuid5(self._space, part)}"


def _name(group: Mapping[str, Any]) -> str:
    return " ".join(name for name in (group["name_zh"], group["name_en"]) if name)


def _minutes(group: Mapping[str, Any]) -> dict[str, int]:
    total, verified = group["total_minutes"], group["verified_minutes"]
    return {"total": total, "verified": verified, "by_hand": total - verified}


def _achievement(group: Mapping[str, Any], names: _Names, issuer: str) -> dict[str, Any]:
    whole, rest = hours_and_minutes(group["total_minutes"])
    records = len(group["lines"])
    return {
        "id": names.of("achievement"),
        "type": ["Achievement"],
        "achievementType": "CommunityService",
        "creator": {"id": issuer, "type": ["Profile"], "name": _name(group)},
        "name": f"志愿服务 Volunteer service · {_name(group)}",
        "description": (
            f"{records}条志愿服务记录，共{whole}小时{rest:02d}分。"
            f" {records} service records, {whole} h {rest:02d} min in all."
        ),
        "criteria": {"narrative": CRITERIA},
        "resultDescription": [
            {
                "id": names.of(each),
                "type": ["ResultDescription"],
                "name": name,
                "resultType": "RawScore",
            }
            for each, name in RESULTS.items()
        ],
    }


def _results(group: Mapping[str, Any], names: _Names) -> list[dict[str, Any]]:
    return [
        {"type": ["Result"], "resultDescription": names.of(each), "value": hours(minutes)}
        for each, minutes in _minutes(group).items()
    ]
