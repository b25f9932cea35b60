"""A tap that comes eight times at once signs once; nobody is answered by an error."""

from __future__ import annotations

import make
from races import Post, race, statuses
from sqlalchemy import select
from test_profile import turned_on

from talent.db import db
from talent.offices.models import Setting
from talent.people.agreements.models import Agreement, Signature


def test_eight_taps_at_once_are_one_signature(settings, app):
    here = make.office()
    turned_on(here, Setting.AGREEMENT)
    agreement = make.saved(
        Agreement(office_id=here.id, version=1, text_zh="志愿服务" * 10, made_at=make.NOW)
    )
    account = make.volunteer(here)
    fields = {"person_id": account.person_id, "read": "y"}
    url = f"/people/agreements/{agreement.id}/signature"
    told = race(settings, [(account, [Post(url, fields)]) for _ in range(8)])
    assert statuses(told) == [303] + [422] * 7
    assert len(db.session.scalars(select(Signature)).all()) == 1
