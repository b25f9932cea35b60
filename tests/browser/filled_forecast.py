"""What the pages that look ahead need: ends that are known, ages, a draft of each kind, a plan."""

from datetime import timedelta
from decimal import Decimal

import scene
from sqlalchemy import select

from talent import clock
from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.db import db, writing
from talent.rules.forecast import Certainty
from talent.rules.staffing import PopulationKind
from talent.rules.whatif import ChangeKind
from talent.staffing.drafts import service as drafts
from talent.staffing.drafts.service import Wanted
from talent.staffing.forecasts import ages
from talent.staffing.forecasts.models import RetirementAge
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind
from talent.staffing.plans import service as plans
from talent.staffing.plans.service import Wish


def fill(place):
    """What an address needs, by its name."""
    now, today = clock.now(), scene.today()
    parent = place.office.parent or place.office
    who = db.session.get(Account, place.administrator.id).actor
    with writing():
        post = db.session.scalars(
            select(Appointment)
            .where(Appointment.office_id == place.office.id)
            .order_by(Appointment.id.desc())
        ).first()
        post.ends_on = post.ends_on or today + timedelta(days=100)
        ages.plan_figure(
            place.office,
            kind=PopulationKind.URBAN_RESIDENT,
            number=9_000,
            as_of=today + timedelta(days=400),
            source="新建小区交付计划",
            actor=SYSTEM,
            now=now,
            today=today,
        )
        draft = drafts.make(
            parent, name="明年补员方案", measure=OFFICIAL, today=today, actor=who, now=now
        )
        more = Wanted(
            ChangeKind.ADD, today, office=place.office, number=2, share=Decimal(1),
            appointment_kind=AppointmentKind.FULL_TIME,
        )  # fmt: skip
        drafts.add(draft, more, now=now)
        end = Wanted(ChangeKind.END, today + timedelta(days=30), appointment=post)
        drafts.add(draft, end, now=now)
        drafts.add(draft, Wanted(ChangeKind.STANDARD, today, target=Decimal(20)), now=now)
        planned = drafts.make(
            parent, name="今年计划", measure=OFFICIAL, today=today, actor=who, now=now
        )
        for wanted in (more, end):
            drafts.add(planned, wanted, now=now)
        planned.state = drafts.DraftState.AGREED
        plan = drafts.plan(planned, actor=who, now=now)
        wish = Wish(
            AppointmentKind.GRID, 1, today + timedelta(days=60), Certainty.POSSIBLE, note="待批"
        )
        open_post = plans.plan_post(place.office, wish, actor=who, now=now)
        key = db.session.scalars(select(RetirementAge.id).order_by(RetirementAge.id)).first()
    return {
        **{f"staffing.{door} draft_id": draft.id for door in ("draft", "change_draft")},
        "staffing.change_draft kind": "add",
        "staffing.plan plan_id": plan.id,
        "planned draft_id": planned.id,
        "post_id": open_post.id,
        "age_id": key,
    }
