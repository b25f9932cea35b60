"""Verify badges with openbadgeslib, which fetches nothing: {badges, token} in, verdicts out."""

import json
import sys

from openbadgeslib.ob3.ldp import OB3LdpVerifier

asked = json.load(sys.stdin)


def fetched(_address):
    return asked["token"].encode()


answers = []
for each in asked["badges"]:
    try:
        verifier = OB3LdpVerifier(issuer_did=each.get("issuer"))
        verifier.verify(
            json.dumps(each["badge"]), check_status=bool(asked.get("token")), download=fetched
        )
        answers.append({"verified": True, "said": ""})
    except Exception as error:  # noqa: BLE001 - whatever it says, it is a no
        answers.append({"verified": False, "said": f"{type(error).__name__}: {error}"})
print(json.dumps(answers))
