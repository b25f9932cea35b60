"""What the pages of the time bank, ratings and stars have on them."""

from __future__ import annotations

from datetime import timedelta

import make
import papers
import scene

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.offices.models import OfficeRule
from talent.people.consents import service as consenting
from talent.people.models import Person
from talent.ratings import rating as ratings
from talent.ratings.models import Rating, Side
from talent.recognition.awards import service as awards
from talent.recognition.evaluations import service as evaluations
from talent.recognition.models import StarApplication, StarGrant
from talent.recognition.schemes import service as schemes
from talent.rules.consent import ConsentKind
from talent.rules.stars import Rank
from talent.timebank import crediting, donations, pool, requests
from talent.timebank import service as timebank


def banked(place, volunteer):
    """A time bank with what was credited, a request, a full pool and what is proposed from it."""
    now, person = clock.now(), volunteer.person
    since = scene.today() - timedelta(days=100)
    rules = {"time_bank": "on", "bank_most_hours": 2, "bank_percent": 90}
    make.saved(
        *(
            OfficeRule(
                office_id=place.office.id, name=name, value=value, valid_from=since, set_at=now
            )
            for name, value in rules.items()
        )
    )
    with writing():
        crediting.follow(place.office.id, now)
    with writing():
        kept = place.office, place.office
        asked = [
            requests.ask(
                person, *kept, what=what, starts_at=now + timedelta(hours=hours), minutes=10,
                actor=volunteer.actor, now=now,
            )
            for what, hours in (("陪我去医院", 1), ("帮忙买菜", 30))
        ]  # fmt: skip
        requests.take(asked[0], actor=SYSTEM, now=now)
        asked[0].starts_at = now
        wish = donations.wish(
            person, place.office, typed=None, minutes=30, note="谢谢", address="", now=now
        )
        donations.donate(person, place.office, wish, actor=volunteer.actor, now=now)
        account = timebank.account_of(place.office.id, person.id)
        pool.propose(account, 20, "独居，刚出院", actor=place.coordinator.actor, now=now)
        again = donations.wish(
            person, place.office, typed=None, minutes=5, note=None, address="", now=now
        )
        return {
            **{f"timebank.{door} account_id": account.id
               for door in ("account", "account_statement", "give")},
            **{f"timebank.{door} request_id": asked[0].id for door in ("book", "give_back")},
            "bank_id": place.office.id,
            "timebank.check_donation token": again.token,
        }  # fmt: skip


def rated(place, volunteer):
    """Ratings of both sides, some answered, one overdue; a shift that can still be rated."""
    now = clock.now()
    over = scene.shift(place.project, now - timedelta(hours=9))
    make.attended(over, volunteer.person, left=60)
    due = scene.today() - timedelta(days=3)
    more = {
        "shift_id": over.id, "project_id": place.project.id, "office_id": place.office.id,
        "made_at": now,
    }  # fmt: skip
    guests = [
        Rating(
            side=Side.RESIDENT, device_index=f"device {place_}", steps=steps, text=text,
            due_on=due if steps < 3 else None, **more,
        )
        for place_, (steps, text) in enumerate(
            ((5, "送得很准时"), (4, None), (1, "等了一个小时"), (5, "谢谢"), (3, None))
        )
    ]  # fmt: skip
    mine = Rating(
        side=Side.VOLUNTEER, person_id=volunteer.person_id, steps=2, text="水不够", due_on=due,
        answer="以后每人两瓶水", answered_at=now, **more,
    )  # fmt: skip
    make.saved(*guests, mine)
    again = scene.shift(place.project, now - timedelta(hours=20))
    make.attended(again, volunteer.person, left=60)
    return {
        "rating_id": guests[2].id,
        "ratings.guest token": ratings.link_of(again),
        "ratings.guest_answer token": ratings.answer_link(guests[2]),
        "ratings.rate shift_id": again.id,
    }


def honoured(place, volunteer):
    """A scheme, a star that is doubtful, an application, an award to be verified, the roll."""
    now, today, person = clock.now(), scene.today(), volunteer.person
    make.saved(
        OfficeRule(
            office_id=place.office.id, name="honour_roll", value="on", valid_from=today, set_at=now
        )
    )
    with writing():
        held = schemes.add(
            place.district, schemes.TEMPLATES[schemes.Template.BEIJING],
            first_day=today, actor=SYSTEM, now=now,
        )  # fmt: skip
        consenting.give(person, [ConsentKind.HONOUR_ROLL], actor=volunteer.actor, now=now)
        award = awards.add(
            person, place.office, name="公益之星", awarded_on=today, unit="区公益联合会",
            rank=Rank.OTHER, evidence=("证书.png", papers.PNG),
            actor=place.coordinator.actor, now=now, today=today,
        )  # fmt: skip
    star = {
        "person_id": person.id, "office_id": place.office.id, "decider_id": place.office.id,
        "period": "all", "minutes": 6000,
    }  # fmt: skip
    given = [
        StarGrant(
            **star, level_id=level.id, steps=0, count=0,
            number=f"XJ2026-TEST-{place.office.id:03d}{level.place}",
            granted_on=today, granted_at=now, **more,
        )
        for level, more in zip(
            held.levels, ({}, {"doubtful_since": now, "minutes_now": 5999}), strict=False
        )
    ]  # fmt: skip
    asked = StarApplication(**star, level_id=held.levels[2].id, made_at=now, state="applied")
    make.saved(*given, asked)
    over = scene.shift(place.project, now - timedelta(hours=50))
    served = [
        make.record(
            each, place.office, 150, shift_id=over.id, category_id=place.project.category_id
        )
        for each in (person, make.person("孙权", at=place.office))
    ]
    with writing():
        said = {served[1].id: evaluations.Said(4, "耐心细致")}
        evaluations.evaluate(said, served, actor=SYSTEM, now=now, today=today)
    child = db.session.query(Person).filter_by(guardian_id=volunteer.person_id).one()
    return {
        "grant_id": given[1].id,
        "application_id": asked.id,
        "award_id": award.id,
        "scheme_id": held.id,
        "recognition.evaluate record_id": served[0].id,
        "recognition.evaluate_shift shift_id": over.id,
        "recognition.child person_id": child.id,
    }
