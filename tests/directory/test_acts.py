"""Acts upon many people: shown before, frozen, done, undone where nothing was changed since."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from counting import queries
from sqlalchemy import select

from talent import clock as time
from talent.access import SYSTEM, Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.directory.acts import jobs, service, working
from talent.directory.models import ActPart, ManyAct, ManyState, PartState
from talent.messages.models import Message, MessageKind, Stopped
from talent.people.consents import service as consenting
from talent.people.models import Person, Registration, RegistrationState, Skill, Tie
from talent.rules.consent import ConsentKind
from talent.rules.teams import MemberState, TeamKind
from talent.teams.models import Team, TeamMember

NEW = "/people/acts/new"


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser, clock):
    browser.account = make.account(Role.COORDINATOR, here)
    return browser.sign_in(browser.account)


@pytest.fixture
def aid(app):
    return make.saved(Skill(name_zh="急救"))


def hidden(page, name):
    return next(e.get("value") for e in page.all("input", name=name))


def do(clerk, address, **fields):
    """Look at what it would do, and do it. Gives the page that shows what became of it."""
    page = clerk.send(address, status=200, **fields)
    seen, once = hidden(page, "seen"), hidden(page, "once")
    answer = clerk.send(address, seen=seen, once=once, **fields)
    return answer.location


def act_of(location):
    return db.session.get(ManyAct, int(location.rsplit("/", 1)[1]))


def parts(location):
    query = select(ActPart).where(ActPart.act_id == act_of(location).id)
    return {p.person.name: p.state for p in db.session.scalars(query.order_by(ActPart.person_id))}


def skilled():
    query = select(Person).order_by(Person.id)
    return [p.name for p in db.session.scalars(query) if p.known_skills]


def consented(person):
    with writing():
        given = [ConsentKind.PRIVACY]
        consenting.give(db.session.get(Person, person.id), given, actor=SYSTEM, now=make.NOW)


def states():
    query = select(Registration).order_by(Registration.id)
    return [r.state.value for r in db.session.scalars(query)]


def test_it_says_how_many_and_what_changes_before_it_is_done(clerk, here, aid, clock):
    make.person("王秀兰", at=here)
    known = make.person("李敏", at=here)
    with writing():
        db.session.get(Person, known.id).known_skills = [db.session.get(Skill, aid.id)]
    address = f"{NEW}?all=1&kind=give_skill"
    page = clerk.send(address, status=200, skill=aid.id)
    assert "Do it for 2 people" in page.words
    assert "Something changes for 1" in page.words
    assert skilled() == ["李敏"]
    assert db.session.scalars(select(ManyAct)).all() == []


def test_a_skill_is_given_and_taken_back_and_the_trail_has_both(clerk, here, aid, clock):
    for name in ("王秀兰", "李敏", "张三"):
        make.person(name, at=here)
    had = db.session.scalars(select(Person).where(Person.name == "张三")).one().id
    with writing():
        db.session.get(Person, had).known_skills = [db.session.get(Skill, aid.id)]
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    assert skilled() == ["王秀兰", "李敏", "张三"]
    assert parts(there)["张三"] is PartState.SAME
    assert act_of(there).state is ManyState.DONE
    clerk.send(f"{there}/undo")
    assert skilled() == ["张三"]
    acts = [row.act for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts.count(Act.MANY_CHANGED) == acts.count(Act.MANY_UNDONE) == 1
    assert acts.count(Act.PERSON_CHANGED) == 4
    whole = db.session.scalars(select(AuditEntry).where(AuditEntry.act == Act.MANY_CHANGED)).one()
    assert whole.facts == {"kind": "give_skill", "people": 3, "wish": {"skill": aid.id}}


def test_an_undo_leaves_alone_what_was_changed_since(clerk, here, aid, clock):
    first = make.person("王秀兰", at=here)
    make.person("李敏", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with writing():
        db.session.get(Person, first.id).known_skills = []
    clerk.send(f"{there}/undo")
    assert parts(there) == {"王秀兰": PartState.KEPT, "李敏": PartState.UNDONE}
    assert "It was changed since." in clerk.visit(there).words
    clerk.send(f"{there}/undo", status=409)


def test_it_can_be_undone_for_a_day_and_no_longer(clerk, here, aid, clock):
    make.person("王秀兰", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    clock.move_to(make.NOW + timedelta(hours=24, seconds=1))
    clerk.sign_in(clerk.account)
    clerk.send(f"{there}/undo", status=409)
    assert skilled() == ["王秀兰"]
    clock.move_to(make.NOW + timedelta(hours=24))
    clerk.sign_in(clerk.account)
    clerk.send(f"{there}/undo")
    assert skilled() == []


def test_only_those_ticked_are_meant_and_nobody_of_another_office(clerk, here, aid, clock):
    one = make.person("王秀兰", at=here)
    make.person("李敏", at=here)
    stranger = make.person("张三", at=make.office("秋水社区"))
    address = f"{NEW}?kind=give_skill&person={one.id}&person={stranger.id}&person=99999"
    page = clerk.send(address, status=200, skill=aid.id)
    assert "Do it for 1 person" in page.words
    assert "2 of those ticked are not known" in page.words
    do(clerk, address, skill=aid.id)
    assert skilled() == ["王秀兰"]


def test_nobody_of_another_office_alone_is_nobody(clerk, here, aid, clock):
    stranger = make.person("张三", at=make.office("秋水社区"))
    address = f"{NEW}?kind=give_skill&person={stranger.id}"
    assert "There is nobody" in clerk.send(address, status=200, skill=aid.id).words
    clerk.send(address, status=422, skill=aid.id, seen=f"1:{stranger.id}", once="x")
    assert skilled() == []


def test_all_who_are_found_are_those_of_the_filters(clerk, here, aid, clock):
    make.person("王秀兰", at=here, state=RegistrationState.PAUSED)
    make.person("李敏", at=here)
    do(clerk, f"{NEW}?all=1&kind=give_skill&state=paused", skill=aid.id)
    assert skilled() == ["王秀兰"]


def test_who_came_after_the_look_is_not_done_to_without_a_second_look(clerk, here, aid, clock):
    make.person("王秀兰", at=here)
    address = f"{NEW}?all=1&kind=give_skill"
    page = clerk.send(address, status=200, skill=aid.id)
    make.person("李敏", at=here)
    fields = {"seen": hidden(page, "seen"), "once": hidden(page, "once"), "skill": aid.id}
    page = clerk.send(address, status=422, **fields)
    assert "somebody came or went meanwhile" in page.words
    assert "Do it for 2 people" in page.words
    assert skilled() == []


def test_the_same_form_sent_twice_is_one_act(clerk, here, aid, clock):
    make.person("王秀兰", at=here)
    address = f"{NEW}?all=1&kind=give_skill"
    page = clerk.send(address, status=200, skill=aid.id)
    fields = {"seen": hidden(page, "seen"), "once": hidden(page, "once"), "skill": aid.id}
    assert clerk.send(address, **fields).location == clerk.send(address, **fields).location
    assert len(db.session.scalars(select(ManyAct)).all()) == 1


def test_kinds_of_service_are_given_and_taken(clerk, here, clock):
    person = make.person("王秀兰", at=here)
    category = make.category()
    give = do(clerk, f"{NEW}?all=1&kind=give_category", category=category.id)
    assert [c.id for c in db.session.get(Person, person.id).categories] == [category.id]
    db.session.rollback()
    take = do(clerk, f"{NEW}?all=1&kind=take_category", category=category.id)
    assert db.session.get(Person, person.id).categories == []
    clerk.send(f"{give}/undo")
    assert parts(give) == {"王秀兰": PartState.KEPT}
    clerk.send(f"{take}/undo")
    db.session.rollback()
    assert [c.id for c in db.session.get(Person, person.id).categories] == [category.id]


def test_registrations_are_paused_with_a_reason_and_go_on_again(clerk, here, clock):
    for name in ("王秀兰", "李敏"):
        consented(make.person(name, at=here))
    make.person("张三", at=here, state=RegistrationState.APPLIED)
    clerk.send(f"{NEW}?all=1&kind=pause", status=422, reason="", at=0)
    there = do(clerk, f"{NEW}?all=1&kind=pause", reason="汛期", at=0)
    assert states() == ["paused", "paused", "applied"]
    assert parts(there)["张三"] is PartState.LEFT_OUT
    rows = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    assert [row.reason for row in rows] == ["汛期", "汛期", None]
    db.session.rollback()
    clock.move_to(make.NOW + timedelta(hours=1))
    clerk.send(f"/people/registrations/{rows[0].id}/resumption")
    clerk.send(f"/people/registrations/{rows[0].id}/pause", reason="搬家")
    clerk.send(f"{there}/undo")
    assert states() == ["paused", "active", "applied"]
    assert parts(there)["王秀兰"] is PartState.KEPT


def test_who_lacks_a_consent_does_not_go_on_and_it_is_said_why(clerk, here, clock):
    consented(make.person("王秀兰", at=here, state=RegistrationState.PAUSED))
    make.person("李敏", at=here, state=RegistrationState.PAUSED)
    there = do(clerk, f"{NEW}?all=1&kind=resume", reason="汛期已过", at=here.id)
    assert states() == ["active", "paused"]
    assert parts(there) == {"王秀兰": PartState.CHANGED, "李敏": PartState.LEFT_OUT}
    assert "李敏" in clerk.visit(there).words


def test_registrations_of_other_offices_are_left_alone(clerk, here, clock):
    other = make.office("秋水社区")
    person = make.person("王秀兰", at=here)
    make.saved(
        Registration(
            person_id=person.id, office_id=other.id, state=RegistrationState.ACTIVE,
            applied_at=make.NOW,
        )
    )  # fmt: skip
    do(clerk, f"{NEW}?all=1&kind=pause", reason="汛期", at=0)
    assert states() == ["paused", "active"]
    clerk.send(f"{NEW}?all=1&kind=pause", status=422, reason="汛期", at=other.id)


def test_people_become_known_at_another_office_until_they_are_needed_there(clerk, here, clock):
    with writing():
        db.session.get(type(here), here.id).path = "/1/"
    below = make.office("小区", parent=db.session.get(type(here), here.id))
    one, two = make.person("王秀兰", at=here), make.person("李敏", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=tie", office=below.id)
    ties = set(db.session.execute(select(Tie.person_id, Tie.office_id)).all())
    assert {(one.id, below.id), (two.id, below.id)} <= ties
    make.saved(
        Registration(
            person_id=one.id, office_id=below.id, state=RegistrationState.APPLIED,
            applied_at=make.NOW,
        )
    )  # fmt: skip
    clerk.send(f"{there}/undo")
    assert parts(there) == {"王秀兰": PartState.KEPT, "李敏": PartState.UNDONE}
    clerk.send(f"{NEW}?all=1&kind=tie", status=422, office=make.office("秋水社区").id)


def test_the_language_of_messages_goes_back_to_what_it_was(clerk, here, clock):
    make.person("王秀兰", at=here, language="en")
    two = make.person("李敏", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=set_language", language="en")
    assert parts(there) == {"王秀兰": PartState.SAME, "李敏": PartState.CHANGED}
    assert db.session.get(Person, two.id).language == "en"
    clerk.send(f"{there}/undo")
    db.session.rollback()
    assert db.session.get(Person, two.id).language == "zh"


def test_people_join_a_team_once_and_leave_it_with_the_undo(clerk, here, clock):
    team = make.saved(
        Team(
            office_id=here.id, kind=TeamKind.CULTURE, name_zh="合唱队", made_at=make.NOW,
            changed_at=make.NOW,
        )
    )  # fmt: skip
    make.person("王秀兰", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=join_team", team=team.id)
    again = do(clerk, f"{NEW}?all=1&kind=join_team", team=team.id)
    assert parts(there) == {"王秀兰": PartState.CHANGED}
    assert parts(again) == {"王秀兰": PartState.SAME}
    clerk.send(f"{there}/undo")
    rows = db.session.scalars(select(TeamMember)).all()
    assert [row.state for row in rows] == [MemberState.ENDED]


def test_a_message_goes_to_each_but_those_who_want_none_and_is_not_called_back(clerk, here, clock):
    make.person("王秀兰", at=here)
    silent = make.person("李敏", at=here)
    make.saved(Stopped(person_id=silent.id, kind=MessageKind.OFFICE_NOTICE, at=make.NOW))
    address = f"{NEW}?all=1&kind=send"
    fields = {"office": here.id, "subject": "停水通知", "text": "明天停水。\n请储水。"}
    page = clerk.send(address, status=200, **fields)
    assert "This cannot be undone" in page.words
    there = do(clerk, address, **fields)
    assert parts(there) == {"王秀兰": PartState.CHANGED, "李敏": PartState.LEFT_OUT}
    told = db.session.scalars(select(Message)).all()
    assert [(m.person.name, m.facts["subject"], m.office_id) for m in told] == [
        ("王秀兰", "停水通知", here.id)
    ]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == Act.MANY_CHANGED)).one()
    assert "text" not in entry.facts["wish"]
    clerk.send(f"{there}/undo", status=409)


def test_more_than_some_hundreds_are_done_by_the_worker_and_undone_by_it(
    clerk, here, aid, clock, monkeypatch
):
    monkeypatch.setattr(service, "AT_ONCE", 2)
    monkeypatch.setattr(working, "PIECE", 2)
    for name in ("王秀兰", "李敏", "张三", "区然", "王五"):
        make.person(name, at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    assert act_of(there).state is ManyState.WAITING
    assert clerk.visit(there).response.headers["Refresh"]
    make.person("来晚了", at=here)
    clerk.send(f"{there}/undo", status=409)
    assert jobs.work(time.now()) == "1 acts"
    assert len(skilled()) == 5
    assert act_of(there).state is ManyState.DONE
    clerk.send(f"{there}/undo")
    assert act_of(there).state is ManyState.UNDOING
    assert jobs.work(time.now()) == "1 acts"
    assert skilled() == []
    assert act_of(there).state is ManyState.UNDONE


def test_a_worker_that_died_is_followed_by_another_that_goes_on(
    clerk, here, aid, clock, monkeypatch
):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    for name in ("王秀兰", "李敏", "张三"):
        make.person(name, at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with writing():
        number = working.claim(make.NOW)
    with writing():
        assert working.do_piece(number, make.NOW, most=2)
    assert len(skilled()) == 2
    assert jobs.work(make.NOW) == "0 acts"
    clock.move_to(make.NOW + timedelta(minutes=3))
    assert jobs.work(time.now()) == "1 acts"
    assert len(skilled()) == 3
    assert set(parts(there).values()) == {PartState.CHANGED}


def test_what_is_stopped_goes_no_further_and_what_is_done_can_be_undone(
    clerk, here, aid, clock, monkeypatch
):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    for name in ("王秀兰", "李敏", "张三"):
        make.person(name, at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with writing():
        working.do_piece(working.claim(make.NOW), make.NOW, most=2)
    clerk.send(f"{there}/stop")
    assert jobs.work(time.now()) == "0 acts"
    assert len(skilled()) == 2
    clerk.send(f"{there}/undo")
    jobs.work(time.now())
    assert skilled() == []
    assert list(parts(there).values()).count(PartState.WAITING) == 1


def test_who_left_the_office_meanwhile_is_left_out_and_named_so(
    clerk, here, aid, clock, monkeypatch
):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    gone = make.person("王秀兰", at=here)
    make.person("李敏", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with writing():
        db.session.delete(db.session.get(Tie, (gone.id, here.id)))
    jobs.work(time.now())
    assert parts(there) == {"王秀兰": PartState.LEFT_OUT, "李敏": PartState.CHANGED}
    page = clerk.visit(there)
    assert "Left out 1" in page.words
    assert "王秀兰" not in page.words  # nobody of this office any more


def test_who_may_no_longer_do_it_does_no_more_of_it(clerk, here, aid, clock, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    for name in ("王秀兰", "李敏"):
        make.person(name, at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with writing():
        account = db.session.merge(clerk.account)
        account.closed_at = make.NOW
    jobs.work(time.now())
    assert skilled() == []
    assert act_of(there).state is ManyState.STOPPED


def test_an_act_is_ones_own(clerk, here, aid, clock, browser):
    make.person("王秀兰", at=here)
    there = do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    assert "Give a skill" in clerk.visit("/people/acts").words
    browser.sign_in(make.account(Role.MANAGER, here))
    browser.visit(there, status=404)
    browser.send(f"{there}/undo", status=404)
    browser.send(f"{there}/stop", status=404)
    assert "Give a skill" not in browser.visit("/people/acts").words


def test_who_only_looks_does_nothing_to_anybody(here, aid, clock, browser):
    make.person("王秀兰", at=here)
    browser.sign_in(make.account(Role.AUDITOR, here))
    assert not browser.visit("/people/").all("input", type="checkbox", name="person")
    browser.visit(f"{NEW}?all=1", status=403)
    browser.send(f"{NEW}?all=1&kind=give_skill", status=403, skill=aid.id)


def test_one_chooses_what_to_do_with_those_ticked(clerk, here, clock):
    person = make.person("王秀兰", at=here)
    assert "Nobody was ticked" in clerk.visit(NEW).words
    page = clerk.visit(f"{NEW}?person={person.id}&state=active")
    link = next(a.get("href") for a in page.all("a") if "Give a skill" in "".join(a.itertext()))
    assert f"person={person.id}" in link
    assert "state=active" in link
    clerk.visit(link)
    clerk.send(link, status=422, skill=0)


@pytest.mark.parametrize("kind", ["give_skill", "tie", "set_language", "pause", "send"])
def test_every_form_is_whole_in_chinese(clerk, here, clock, kind):
    make.person("王秀兰", at=here)
    clerk.speak("zh")
    clerk.visit(f"{NEW}?all=1&kind={kind}")


def test_why_somebody_was_left_out_is_read_in_the_readers_language(clerk, here, clock):
    consented(make.person("王秀兰", at=here, state=RegistrationState.PAUSED))
    make.person("李敏", at=here, state=RegistrationState.APPLIED)
    act = do(clerk, f"{NEW}?all=1&kind=resume", reason="汛期已过", at=here.id)
    assert "There is no registration to move: Paused." in clerk.visit(act).words
    clerk.speak("zh")
    assert "没有状态为“暂停”的登记可以变更。" in clerk.visit(act).words


def test_three_acts_cost_as_many_questions_as_one(clerk, here, aid, clock):
    make.person("王秀兰", at=here)
    do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    clerk.visit("/people/acts")
    with queries() as one:
        clerk.visit("/people/acts")
    do(clerk, f"{NEW}?all=1&kind=take_skill", skill=aid.id)
    do(clerk, f"{NEW}?all=1&kind=give_skill", skill=aid.id)
    with queries() as three:
        clerk.visit("/people/acts")
    assert len(three) == len(one)
