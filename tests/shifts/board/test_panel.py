"""The panel of a shift: who is on it, asked for by each act and each search on it."""

from __future__ import annotations

import make
import plan
import pytest
from counting import queries

from talent import clock
from talent.access import SYSTEM, Permission
from talent.db import db, writing
from talent.people.models import Skill
from talent.rules.signup import SignupState
from talent.shifts.board import cards, reading
from talent.shifts.models import Need, Position, Requirement, Shift
from talent.training.models import CredentialKind

IN_PLACE = {"HX-Request": "true"}
SEARCH = IN_PLACE | {"HX-Target": "found"}
MOST_STATEMENTS = 8


def test_in_place_the_panel_comes_alone_and_a_search_brings_those_found_alone(
    boss, office, project
):
    shift = plan.shift(project)
    make.person("王秀兰", at=office)
    url = f"/shifts/board/{shift.id}?q=%E7%8E%8B"
    panel = boss.get(url, headers=IN_PLACE).text
    assert panel.lstrip().startswith('<div id="panel">')
    found = boss.get(url, headers=SEARCH).text
    assert found.lstrip().startswith('<div id="found">')
    for text in (panel, found, boss.visit(url).text):
        assert "王秀兰" in text
        assert "Give a place" in text
    assert "<section" not in found


@pytest.mark.parametrize("headers", [{}, IN_PLACE, SEARCH], ids=["page", "panel", "search"])
def test_of_another_office_there_is_no_panel(boss, headers):
    shift = plan.shift(plan.project(make.office("别处", name_en="Elsewhere")))
    assert boss.get(f"/shifts/board/{shift.id}", headers=headers).status_code == 404
    assert boss.get("/shifts/board/999", headers=headers).status_code == 404


def test_the_panel_asks_as_often_for_many_people_as_for_one(boss, office, project):
    shift = plan.shift(project, places=9)
    counts = []
    for some in (1, 3):
        for _ in range(some):
            plan.place(shift, make.person(at=office))
        for headers in (IN_PLACE, SEARCH):
            with queries() as sent:
                boss.get(f"/shifts/board/{shift.id}?q=", headers=headers)
            counts.append(len(sent))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_STATEMENTS


def test_read_as_columns_it_says_what_the_board_says_of_objects(app, office):
    """Ages and what is asked for are the shift's own, the position's or the project's."""
    aid = make.saved(CredentialKind(code="aid", name_zh="急救证", name_en="First aid", place=1))
    skill = make.saved(Skill(name_zh="理发", name_en="Hairdressing"))
    positions = (
        Position(name="急救员", requirements=[Requirement(credential_kind_id=aid.id)]),
        Position(name="司机", minimum_age=70),
        Position(name="组长", leads=True),
        "送餐员",
    )
    project = plan.project(office, positions=positions, minimum_age=60)
    shift = plan.shift(project, places=(2, 2, 2, 2), reserve=1)
    with writing():
        db.session.get(Shift, shift.id).place = None
        asking = db.session.query(Need).order_by(Need.id).all()
        asking[1].minimum_age = 16
        asking[2].own_requirements = True
        asking[2].requirements = [Requirement(skill_id=skill.id)]
        asking[0].least = 2
    people = [make.person(name, at=office) for name in "甲乙丙丁戊己"]
    for need, person in zip(shift.needs, people[:4], strict=True):
        plan.place(shift, person, need=need)
    plan.place(shift, people[4], state=SignupState.WAITING)
    plan.place(shift, people[5], state=SignupState.RESERVE, need=shift.needs[3])
    clashing = plan.shift(project, 49, places=(1, 1, 1, 1))
    plan.place(clashing, people[3], need=clashing.needs[3])
    now = clock.now()
    whole = db.session.get(Shift, shift.id)
    turn = reading.visible_turn(SYSTEM, Permission.SEE_SHIFTS, shift.id)
    (card,) = cards.carded([turn], reading.people_on([turn]), SYSTEM, now)
    (other,) = cards.of([whole], SYSTEM, now)
    assert told(card) == told(other)
    assert card.conflicts > 3
    for name in ("id", "starts_at", "ends_at", "zone", "where", "state", "span", "day", "last_day"):
        assert getattr(turn, name) == getattr(whole, name)
    assert turn.project.office.ancestor_ids == whole.project.office.ancestor_ids


def told(card):
    """All that a panel shows and weighs."""
    return [
        (
            spot.waiting, spot.leaderless, spot.need.id, spot.need.position.name_zh,
            spot.need.places, spot.need.taken, spot.need.free, spot.need.short,
            spot.need.reserve, spot.need.reserved, spot.need.least_years,
            [each.id for each in spot.need.required],
            [
                (one.signup.id, one.signup.person.name, one.signup.person.volunteer_no,
                 one.signup.state, one.against, one.passed, one.brief)
                for one in (*spot.on, *spot.standing_by)
            ],
        )
        for spot in card.spots
    ]  # fmt: skip
