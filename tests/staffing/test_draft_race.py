"""In the same moment: a draft is shared while its owner changes it in another window."""

import time

import make
import pytest
from together import together

from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.rules.whatif import ChangeKind, DraftState
from talent.staffing.drafts import service
from talent.staffing.drafts.models import Change, Draft
from talent.staffing.drafts.service import Wanted
from talent.staffing.models import OFFICIAL, AppointmentKind
from talent.staffing.plans.models import Plan

READ_BY_THEN = 0.4  # seconds: the other window has read the draft, and waits for it or does not


def first(start, act, draft_id):
    """Acts, and has not ended yet when the other begins."""
    with writing():
        act(db.session.get(Draft, draft_id))
        db.session.flush()
        start()
        time.sleep(READ_BY_THEN)
    return "done"


def second(start, act, draft_id):
    start()
    try:
        with writing():
            act(db.session.get(Draft, draft_id))
    except Refused as refused:
        return refused.reasons[0].why.name
    return "done"


def share(draft):
    service.share(draft, None, actor=SYSTEM, now=make.NOW)


def add(draft):
    wanted = Wanted(
        ChangeKind.ADD, make.TODAY, office=draft.office,
        appointment_kind=AppointmentKind.FULL_TIME, share=1, number=1,
    )  # fmt: skip
    service.add(draft, wanted, now=make.NOW)


def remove(draft):
    service.remove(draft, draft.changes[0].id, now=make.NOW)


def drop(draft):
    service.drop(draft, actor=SYSTEM, now=make.NOW)


def plan(draft):
    service.plan(draft, actor=SYSTEM, now=make.NOW)


def both(settings, *acts):
    """What the two answered, whichever of them says it first."""
    return set(together(settings, *acts))


def begun(office):
    with writing():
        row = service.make(
            office, name="调整方案", measure=OFFICIAL, today=make.TODAY, actor=SYSTEM, now=make.NOW
        )
        add(row)
    return row.id


@pytest.mark.parametrize("act", [add, remove, drop])
def test_what_is_shared_in_the_same_moment_is_not_changed_any_more(settings, place, act):
    key = begun(place.street)
    assert both(settings, (first, share, key), (second, act, key)) == {"done", "CLOSED"}
    assert db.session.get(Draft, key).state is DraftState.SHARED
    assert db.session.query(Change).count() == 1


def test_a_draft_that_is_emptied_in_the_same_moment_is_not_shared(settings, place):
    key = begun(place.street)
    assert both(settings, (first, remove, key), (second, share, key)) == {"done", "NOTHING"}
    assert db.session.get(Draft, key).state is DraftState.OWN


def test_a_draft_becomes_one_plan_though_two_windows_ask_for_it(settings, place):
    key = begun(place.district)
    assert both(settings, (first, plan, key), (second, plan, key)) == {"done", "PLANNED"}
    assert db.session.query(Plan).count() == 1
