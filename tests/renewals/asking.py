"""Training requirements to test with, made through the service."""

from datetime import date

import make

from talent.access import SYSTEM
from talent.db import writing
from talent.renewals.requirements import service
from talent.renewals.requirements.service import Asking
from talent.rules.requirements import Period, Whom


def ask(office, **more):
    stated = {
        "name_zh": "年度培训",
        "whom": Whom.VOLUNTEER,
        "period": Period.YEAR,
        "valid_from": date(2020, 1, 1),
        "source": "区里的通知",
        "minutes": 240,
    }
    with writing():
        return service.add(office, Asking(**(stated | more)), actor=SYSTEM, now=make.NOW)
