"""However people are found, one by one or in order, the same ones stand on the same pages."""

from __future__ import annotations

from datetime import date

import make
import pytest
from counting import queries

from talent.access import Permission, Role
from talent.db import db, writing
from talent.directory import search
from talent.directory.filters import Wanted, wanted
from talent.people.models import Person, RegistrationState, Skill, SpokenLanguage
from talent.rules.languages import Fluency, Tongue
from talent.rules.teams import MemberState, TeamKind
from talent.seal import blind_index
from talent.staffing.models import Appointment, AppointmentKind
from talent.teams.models import Team, TeamMember
from talent.training.models import Credential, CredentialKind

SEE = Permission.SEE_PEOPLE
NAMES = ("王秀兰", "王伟", "望星", "李望", "李敏", "单志诺", "曾超强", "欧阳娜娜", "张三", "王五")
WORDS = (
    {},
    {"order": "new"},
    {"q": "王"},
    {"q": "w"},
    {"q": "wang"},
    {"q": "wang", "order": "new"},
    {"q": "wang", "state": "active"},
    {"q": "nobody"},
    {"q": "8000"},
    {"q": "13800138000"},
    {"state": "paused"},
    {"age": "minor"},
    {"age": "adult"},
    {"age": "older"},
    {"no_phone": "1"},
    {"guardian": "named"},
    {"guardian": "missing"},
    {"since": "2026-06-01"},
    {"since": "2026-06-02"},
    {"tongue": "yue"},
    {"appointment": "grid"},
    {"skill": "1"},
    {"skill": "2"},
    {"team": "1"},
    {"category": "1"},
    {"credential": "1"},
    {"credential": "1", "holding": "held"},
    {"credential": "1", "holding": "lapsing"},
    {"office": "2"},
    {"office": "2", "state": "active"},
)


@pytest.fixture
def everybody(app):
    """Ten people of a street and a community, each with something that a filter asks for."""
    street = make.office("梨园街道")
    here = make.office("春风社区", parent=street)
    other = make.office("秋水社区")
    with writing():
        db.session.add_all([Skill(id=1, name_zh="急救"), Skill(id=2, name_zh="儿童", parent_id=1)])
        db.session.add(CredentialKind(id=1, code="driving", name_zh="驾驶证"))
    category = make.category()
    number = "+8613800138000"
    with writing():
        team = Team(
            id=1, office_id=here.id, kind=TeamKind.CULTURE, name_zh="合唱队", made_at=make.NOW,
            changed_at=make.NOW,
        )  # fmt: skip
        db.session.add(team)
    for turn, name in enumerate(NAMES):
        person = make.person(
            name,
            at=(street, here)[turn % 2],
            state=RegistrationState.PAUSED if turn in {3, 7} else RegistrationState.ACTIVE,
            birth_date=date(1940 + 8 * turn, 6, 1),
            guardian_name="王母" if turn == 9 else None,
            phone=number if turn == 4 else None,
            phone_index=blind_index("phone", number) if turn == 4 else None,
            phone_tail_index=blind_index("phone-tail", "8000") if turn == 4 else None,
        )
        with writing():
            row = db.session.get(Person, person.id)
            if turn in {1, 2}:
                row.known_skills = [db.session.get(Skill, turn)]
                row.categories = [db.session.merge(category)]
                tongue = Tongue.CANTONESE if turn == 1 else Tongue.ENGLISH
                db.session.add(
                    SpokenLanguage(person_id=row.id, tongue=tongue, fluency=Fluency.BASIC)
                )
                db.session.add(
                    Appointment(
                        person_id=row.id, office_id=here.id, starts_on=date(2020, 1, 1),
                        kind=AppointmentKind.GRID, ends_on=None if turn == 1 else make.TODAY,
                    )
                )  # fmt: skip
            if turn in {5, 6, 7}:
                until = {5: None, 6: date(2026, 7, 1), 7: date(2026, 5, 1)}[turn]
                db.session.add(
                    Credential(
                        person_id=row.id, kind_id=1, issued_on=date(2020, 1, 1), valid_until=until,
                        made_at=make.NOW, verified_at=make.NOW,
                    )
                )  # fmt: skip
                state = MemberState.ENDED if turn == 7 else MemberState.ACTIVE
                db.session.add(
                    TeamMember(
                        team_id=1, person_id=row.id, state=state, made_at=make.NOW,
                        since=date(2026, 1, 1), until=make.TODAY if turn == 7 else None,
                    )
                )  # fmt: skip
    make.person("王外人", at=other)
    return make.account(Role.MANAGER, street)


def all_pages(actor, words):
    found, after = [], ""
    while after is not None:
        page = search.listed(actor, SEE, wanted(words | {"after": after}), today=make.TODAY)
        found += page.ids
        after = page.after
    return found


def named(ids):
    return [db.session.get(Person, each).name for each in ids]


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_every_way_finds_the_same_people_in_the_same_order(everybody, monkeypatch, words):
    actor = everybody.actor
    one_by_one = all_pages(actor, words)
    monkeypatch.setattr(search, "PAGE", 2)
    assert all_pages(actor, words) == one_by_one
    monkeypatch.setattr(search, "FEW", -1)
    assert all_pages(actor, words) == one_by_one
    monkeypatch.setattr(search, "MANY", -1)
    assert all_pages(actor, words) == one_by_one
    query = search.everybody(actor, SEE, wanted(words), today=make.TODAY)
    whole = search.in_order(query, wanted(words).order)
    assert list(db.session.scalars(whole)) == one_by_one
    assert search.counted(query) == len(one_by_one)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({"q": "wang"}, ["李望", "王伟", "王五", "王秀兰", "望星"]),
        ({"q": "w"}, ["李望", "王伟", "王五", "王秀兰", "望星"]),
        ({"q": "王"}, ["王伟", "王五", "王秀兰"]),
        ({"q": "8000"}, ["李敏"]),
        ({"q": "138 0013 8000"}, ["李敏"]),
        ({"state": "paused"}, ["李望", "欧阳娜娜"]),
        ({"age": "minor"}, ["王五"]),
        ({"age": "older"}, ["李望", "王伟", "王秀兰", "望星"]),
        ({"guardian": "named"}, ["王五"]),
        ({"guardian": "missing"}, []),
        ({"tongue": "yue"}, ["王伟"]),
        ({"appointment": "grid"}, ["王伟"]),
        ({"skill": "1"}, ["王伟", "望星"]),
        ({"skill": "2"}, ["望星"]),
        ({"team": "1"}, ["单志诺", "曾超强"]),
        ({"credential": "1"}, ["欧阳娜娜", "单志诺", "曾超强"]),
        ({"credential": "1", "holding": "held"}, ["单志诺", "曾超强"]),
        ({"credential": "1", "holding": "lapsing"}, ["曾超强"]),
        ({"office": "2"}, ["李望", "王伟", "王五", "单志诺", "欧阳娜娜"]),
        ({"since": "2026-06-02"}, []),
    ],
    ids=str,
)
def test_a_filter_keeps_whom_it_names(everybody, words, names):
    assert sorted(named(all_pages(everybody.actor, words))) == sorted(names)


def test_an_office_above_finds_those_below_it(everybody):
    assert len(all_pages(everybody.actor, {"office": "1"})) == len(NAMES)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ({"state": "paused", "category": "1"}, True),  # many each, and hardly anybody is both
        ({"age": "minor", "no_phone": "1"}, True),
        ({"state": "active"}, False),
        ({"state": "active", "no_phone": "1"}, False),
    ],
    ids=str,
)
def test_nobody_is_walked_past_where_it_is_shorter_to_ask(everybody, monkeypatch, words, asked):
    monkeypatch.setattr(search, "FEW", -1)
    monkeypatch.setattr(search, "PAGE", 2)
    with queries() as sent:
        all_pages(everybody.actor, words)
    assert any("chosen" in statement for statement in sent) == asked


def test_more_than_are_counted_is_said_so(everybody, monkeypatch):
    monkeypatch.setattr(search, "COUNTED", 4)
    found = search.listed(everybody.actor, SEE, Wanted(), today=make.TODAY)
    assert (found.number, found.more) == (4, True)
    found = search.listed(everybody.actor, SEE, Wanted(q="王"), today=make.TODAY)
    assert (found.number, found.more) == (3, False)


def test_filters_survive_the_way_through_an_address(everybody):
    for words in WORDS:
        again = wanted(wanted(words).query)
        assert again == wanted(words)
