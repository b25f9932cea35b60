"""A race for each way to a place: who does what at once, and what must hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import make
import plan
from races import Job, Post, clean, in_hours, race, statuses, whole
from sqlalchemy import func, select

from talent import clock
from talent.access import Actor, Role
from talent.db import db, writing
from talent.messages.models import Message
from talent.people.models import RegistrationState
from talent.rosters.models import ProposalState, ProposedPlace, RosterProposal
from talent.rules.handovers import HandoverState
from talent.rules.signup import ENGAGED, HOLDING, SignupState
from talent.rules.substitutes import CallState
from talent.shifts.groups.models import Group, GroupKind, GroupMember
from talent.shifts.importing import service as importing
from talent.shifts.models import Need, Signup
from talent.shifts.passing.models import Handover
from talent.shifts.substitutes.models import Call, Search

FAMILY = "王李张刘陈杨黄赵吴周"


@dataclass
class Scene:
    """One office with a project and people enough."""

    settings: object
    people: int = 8
    offers: bool = False
    accounts: list = field(default_factory=list)

    def __post_init__(self):
        self.office = make.office()
        self.project = plan.project(self.office)
        make.let(self.office, stand_ins="free", waiting_mode="offer" if self.offers else "give")
        self.accounts = [
            make.volunteer(self.office, FAMILY[n % len(FAMILY)] + "春夏秋冬"[n // len(FAMILY)])
            for n in range(self.people)
        ]
        self.bosses = [plan.coordinator(self.office) for _ in range(2)]

    def shift(self, hours=48, *, places=2, **more):
        return plan.shift(self.project, in_hours(hours), places=places, **more)

    def race(self, runs):
        told = race(self.settings, runs)
        db.session.rollback()
        assert whole() is True
        return told

    def on(self, shift, *states):
        """The people who stand so on the shift."""
        db.session.rollback()
        query = select(Signup.person_id).where(
            Signup.shift_id == shift.id, Signup.state.in_(states or {SignupState.CONFIRMED})
        )
        return set(db.session.scalars(query.order_by(Signup.queued_at, Signup.id)))


def assigned(settings):
    """Two coordinators give the same few places to different people."""
    scene = Scene(settings)
    shift = scene.shift(places=3)
    need = shift.needs[0].id

    def gives(accounts):
        return [
            Post(f"/shifts/{shift.id}/assignment", {"need": need, "person": a.person_id})
            for a in accounts
        ]

    first, second = scene.accounts[:6], scene.accounts[2:]
    told = scene.race(
        [
            (scene.bosses[0], gives(first)),
            (scene.bosses[1], gives(second[::-1])),
            *((a, [plan.signup_url(shift)]) for a in scene.accounts[:2]),
        ]
    )
    clean(told)
    assert plan.taken(shift) == [3] == [len(scene.on(shift))]


def promoted(settings):
    """Two give up their places at once, while others come: the first two in line have them."""
    scene = Scene(settings)
    shift = scene.shift(places=2)
    leaving, line, others = scene.accounts[:2], scene.accounts[2:5], scene.accounts[5:]
    for one in leaving:
        plan.place(shift, one.person)
    for n, one in enumerate(line):
        plan.place(shift, one.person, state=SignupState.WAITING, at=make.NOW + timedelta(minutes=n))
    told = scene.race(
        [
            *((a, [f"/shifts/{shift.id}/cancellation"]) for a in leaving),
            *((a, [plan.signup_url(shift), plan.signup_url(shift)]) for a in others),
        ]
    )
    clean(told)
    assert scene.on(shift) == {a.person_id for a in line[:2]}
    assert scene.on(shift, SignupState.WAITING) == {line[2].person_id}


def accepted_as_it_lapses(settings):
    """The answer comes in the moment in which its time is over: one of the two has the place."""
    scene = Scene(settings, people=3, offers=True)
    shift = scene.shift(places=1)
    asked, following, _ = scene.accounts
    one = plan.place(shift, asked.person, state=SignupState.OFFERED)
    plan.place(
        shift, following.person, state=SignupState.WAITING, at=make.NOW + timedelta(minutes=1)
    )
    row = db.session.get(Signup, one.id)
    row.answer_by = clock.now() + timedelta(seconds=4)
    make.saved(row)
    url = f"/shifts/{shift.id}/offer/acceptance"
    posts = [Post(url, after=after) for after in (0, *[0.03] * 20)]
    told = scene.race(
        [
            (scene.bosses[0], [Job(6)]),
            (scene.bosses[1], [Job(6)]),
            (asked, [Post(url, after=3.9), *posts[1:]]),
        ]
    )
    clean(told)
    assert plan.taken(shift) == [1]
    held = scene.on(shift, *HOLDING)
    assert held in ({asked.person_id}, {following.person_id})


def handed_to_all(settings):
    """Several take over the one place that is offered to all: one has it, the giver has not."""
    scene = Scene(settings)
    shift = scene.shift(places=1)
    giver, *others = scene.accounts
    one = plan.place(shift, giver.person)
    handover = make.saved(
        Handover(signup_id=one.id, to_all=True, state=HandoverState.OFFERED, made_at=make.NOW)
    )
    url = f"/shifts/handovers/{handover.id}/acceptance"
    told = scene.race([*((a, [url]) for a in others), (giver, [plan.signup_url(shift)])])
    clean(told)
    assert statuses(told).count(303) in {1, 2}  # the giver is told of his place, or refused
    [holder] = scene.on(shift)
    assert holder != giver.person_id
    assert plan.taken(shift) == [1]


def exchanged_both_ways(settings):
    """Each offers his place for the other's, and both accept at once, several pairs of them."""
    scene = Scene(settings)
    pairs = [(0, 1), (2, 3), (4, 5)]
    shifts = [scene.shift(48, places=3), scene.shift(60, places=3)]
    runs, before = [], {}
    for left, right in pairs:
        a, b = scene.accounts[left], scene.accounts[right]
        mine, theirs = plan.place(shifts[0], a.person), plan.place(shifts[1], b.person)
        before[a.person_id, b.person_id] = True
        there = _exchange(mine, b, shifts[1])
        back = _exchange(theirs, a, shifts[0])
        runs += [(b, [_acceptance(there)]), (a, [_acceptance(back)])]
    told = scene.race(runs)
    clean(told)
    assert statuses(told) == [303] * len(pairs) + [409] * len(pairs)
    for a, b in before:
        assert a in scene.on(shifts[1])
        assert b in scene.on(shifts[0])
    assert [plan.taken(shift) for shift in shifts] == [[3], [3]]


def _exchange(one, receiver, wanted):
    return make.saved(
        Handover(
            signup_id=one.id, receiver_id=receiver.person_id, wanted_id=wanted.id,
            state=HandoverState.OFFERED, made_at=make.NOW,
        )
    )  # fmt: skip


def _acceptance(handover):
    return f"/shifts/handovers/{handover.id}/acceptance"


def grouped(settings):
    """Two groups that share members, and some of these by themselves."""
    scene = Scene(settings)
    shift = scene.shift(places=4)
    need = shift.needs[0].id
    contacts = scene.accounts[0], scene.accounts[7]
    runs = []
    for contact, members in zip(contacts, (scene.accounts[:5], scene.accounts[3:]), strict=True):
        team = make.saved(
            Group(
                office_id=scene.office.id, name="桂花班", kind=GroupKind.OTHER,
                made_at=make.NOW, contact_id=contact.person_id,
                members=[
                    GroupMember(person_id=a.person_id, agreed_at=make.NOW, added_at=make.NOW)
                    for a in members
                ],
            )
        )  # fmt: skip
        who = [str(a.person_id) for a in members]
        url = f"/shifts/{shift.id}/party?group={team.id}"
        runs += [
            (contact, [Post(url, {"way": way, "need": need, "who": who})])
            for way in ("able", "wait", "all")
        ]
    told = scene.race([*runs, *((a, [plan.signup_url(shift)]) for a in scene.accounts[3:5])])
    clean(told)
    assert plan.taken(shift) == [4] == [len(scene.on(shift))]


def imported(settings):
    """Two lists with some names in common are confirmed at once."""
    scene = Scene(settings)
    shift = scene.shift(places=6)
    runs = []
    for boss, people in zip(scene.bosses, (scene.accounts[:5], scene.accounts[3:]), strict=True):
        lines = [f"{a.person.name},{a.person.volunteer_no}" for a in people]
        content = "\n".join(["姓名,志愿者编号", *lines]).encode()
        with writing():
            file = importing.keep(
                "list.csv", content, actor=Actor(account_id=boss.id), now=clock.now()
            )
        url = f"/shifts/{shift.id}/list/{file.id}/confirmation"
        runs.append((boss, [Post(url, {"digest": file.digest})]))
    told = scene.race([*runs, *((a, [plan.signup_url(shift)]) for a in scene.accounts[3:5])])
    clean(told)
    assert 303 in statuses(told)
    [taken] = plan.taken(shift)
    assert taken == len(scene.on(shift)) <= 6


def invited(settings):
    """By the link: some are registered, some have only applied."""
    scene = Scene(settings, people=3)
    shift = scene.shift(places=3, invite_token="spring-breeze")
    new = [
        make.account(
            Role.VOLUNTEER, scene.office,
            person=make.person(name, at=scene.office, state=RegistrationState.APPLIED),
        )
        for name in ("钱一", "孙二", "郑三", "冯四")
    ]  # fmt: skip
    url = f"/shifts/invited/spring-breeze/signup?need={shift.needs[0].id}&person="
    told = scene.race([(a, [f"{url}{a.person_id}"] * 2) for a in [*scene.accounts, *new]])
    assert statuses(told) == [303] * 6 + [409] * 8
    assert plan.taken(shift) == [3] == [len(scene.on(shift, *HOLDING))]


def stepped_in(settings):
    """All who were asked to step in say yes at once."""
    scene = Scene(settings)
    shift = scene.shift(1, places=2)
    asked = scene.accounts[:6]
    search = make.saved(
        Search(shift_id=shift.id, need_id=shift.needs[0].id, goal=2, started_at=make.NOW)
    )
    later = clock.now() + timedelta(minutes=30)
    calls = [
        make.saved(
            Call(
                search_id=search.id, person_id=a.person_id, place=n, state=CallState.ASKED,
                asked_at=make.NOW, answer_by=later,
            )
        )
        for n, a in enumerate(asked, 1)
    ]  # fmt: skip
    told = scene.race(
        [(a, [f"/shifts/calls/{call.id}/acceptance"]) for a, call in zip(asked, calls, strict=True)]
    )
    assert statuses(told) == [303] * 2 + [409] * 4
    assert plan.taken(shift) == [2] == [len(scene.on(shift))]


def proposed(settings):
    """A roster proposal is taken twice at once, another one too, and people come by themselves."""
    scene = Scene(settings)
    shifts = [scene.shift(48, places=2), scene.shift(72, places=2)]
    runs = []
    for people in (scene.accounts[:4], scene.accounts[2:6]):
        proposal = make.saved(
            RosterProposal(
                office_id=scene.office.id, first_day=make.TODAY, last_day=make.TODAY, seconds=5,
                state=ProposalState.READY, made_at=make.NOW,
            )
        )  # fmt: skip
        for shift in shifts:
            for a in people:
                make.saved(
                    ProposedPlace(
                        proposal_id=proposal.id,
                        need_id=shift.needs[0].id,
                        person_id=a.person_id,
                    )
                )
        url = f"/rosters/{proposal.id}/taking"
        runs += [(boss, [Post(url, {"which": "all"})]) for boss in scene.bosses]
    told = scene.race(
        [
            *runs,
            *((a, [plan.signup_url(s) for s in shifts[::-1]]) for a in scene.accounts[5:]),
        ]
    )
    clean(told)
    for shift in shifts:
        assert plan.taken(shift) == [2] == [len(scene.on(shift, *HOLDING))]


def moved(settings):
    """Two coordinators move people to and fro between two shifts at once."""
    scene = Scene(settings)
    here, there = scene.shift(48, places=5), scene.shift(60, places=5)
    left, right = scene.accounts[:4], scene.accounts[4:]
    runs = []
    for boss, people, one, other in (
        (scene.bosses[0], left, here, there), (scene.bosses[1], right, there, here),
    ):  # fmt: skip
        rows = [plan.place(one, a.person).id for a in people]
        runs.append(
            (
                boss,
                [Post(f"/shifts/board/move?signup={id_}&need={other.needs[0].id}") for id_ in rows],
            )
        )
    told = scene.race([*runs, *runs])  # and each of it twice
    clean(told, 422)
    assert sum(plan.taken(here) + plan.taken(there)) == len(scene.accounts)
    assert len(scene.on(here)) + len(scene.on(there)) == len(scene.accounts)
    assert not scene.on(here) & scene.on(there)


def all_at_once(settings):
    """Every way at the same time on two shifts that overlap, each with three places."""
    scene = Scene(settings, people=12)
    shifts = [scene.shift(48, places=3, reserve=1), scene.shift(49, places=3, reserve=1)]
    first, second = shifts
    held = [plan.place(first, a.person) for a in scene.accounts[:3]]
    for a in scene.accounts[3:6]:
        plan.place(first, a.person, state=SignupState.WAITING)
    handover = make.saved(
        Handover(signup_id=held[0].id, to_all=True, state=HandoverState.OFFERED, made_at=make.NOW)
    )
    need = second.needs[0].id
    told = scene.race(
        [
            *((a, [f"/shifts/{first.id}/cancellation", plan.signup_url(second)])
              for a in scene.accounts[1:3]),
            *((a, [_acceptance(handover), plan.signup_url(second)])
              for a in scene.accounts[6:8]),
            *((a, [plan.signup_url(s, way=way) for s in shifts for way in ("signup", "reserve")])
              for a in scene.accounts[8:]),
            (scene.bosses[0], [
                Post(f"/shifts/{second.id}/assignment", {"need": need, "person": a.person_id})
                for a in scene.accounts[3:9]
            ]),
            (scene.bosses[1], [
                Post(f"/shifts/board/move?signup={held[0].id}&need={need}"),
                *(Post(f"/shifts/{s.id}/assignment",
                       {"need": s.needs[0].id, "person": a.person_id})
                  for s in shifts for a in scene.accounts[9:]),
            ]),
        ]
    )  # fmt: skip
    clean(told, 404, 422)
    assert not scene.on(first, *ENGAGED) & scene.on(second, *ENGAGED)
    for shift in shifts:
        assert plan.taken(shift)[0] <= 3
    doubles = select(Message.once, Message.kind).group_by(Message.kind, Message.once)
    assert db.session.execute(doubles.having(func.count() > 1)).all() == []
    assert db.session.scalars(select(Need).where(Need.taken > Need.places)).all() == []


WAYS = {
    way.__name__: way
    for way in (
        assigned, promoted, accepted_as_it_lapses, handed_to_all, exchanged_both_ways, grouped,
        imported, invited, stepped_in, proposed, moved, all_at_once,
    )
}  # fmt: skip
