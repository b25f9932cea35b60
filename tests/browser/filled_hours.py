"""What the pages of hours have on them: records, doubts, corrections, answers from outside."""

from __future__ import annotations

from datetime import timedelta

import make
import papers
import scene
from picked import last

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.hours.amending import service as amending
from talent.hours.corrections import service as corrections
from talent.hours.models import RecordFlag, RecordState
from talent.lab import jobs as trying
from talent.lab import service as lab
from talent.lab.models import CountingDraft
from talent.national.answers import service as national_answers
from talent.national.batches import service as national_files
from talent.national.batches.service import Choice
from talent.national.mappings import service as national_mappings
from talent.offices.models import Setting
from talent.rules.corrections import Request, Wrong
from talent.rules.doubts import DoubtKind, Seen
from talent.rules.reason import Because, packed
from talent.rules.span import Span


def tried(place):
    """A draft of counting that was computed on the records of the last weeks."""
    now, day = clock.now(), timedelta(days=1)
    with writing():
        lab.draft(
            place.office, name="每天最多计一小时", note="试算", actor=SYSTEM, now=now,
            changed={Setting.COUNTED_MINUTES: 60, Setting.NIGHT_PERCENT: 150},
            valid_from=scene.today() + 14 * day, first_day=scene.today() - 60 * day,
            last_day=scene.today() - day,
        )  # fmt: skip
    trying.compute(now)
    return {"draft_id": last(CountingDraft).id}


def hours(place, volunteer):
    today = scene.today()
    category = place.project.category_id
    more = {"category_id": category}
    long_ago = today - timedelta(days=60)
    make.record(volunteer.person, place.office, 125, day=long_ago, **more)
    waiting = make.record(
        volunteer.person, place.office, 700, day=today - timedelta(days=50),
        state=RecordState.PENDING, due_on=today - timedelta(days=30), **more,
    )  # fmt: skip
    doubted = make.record(volunteer.person, place.office, 90, day=long_ago, **more)
    number, appealed = _corrections(place, volunteer, doubted)
    return {
        "record_id": waiting.id,
        "corrections.ask record_id": _settled(volunteer, doubted),
        "corrections.missing person_id": volunteer.person_id,
        "corrections.decide request_id": appealed,
        "review.correct record_id": doubted.id,
        "review.settle record_id": _noticed(waiting),
        "review.part step": "doubted",
        **{f"corrections.{door} request_id": number for door in ("answer", "show", "evidence")},
        "corrections.appeal request_id": appealed,
    }


def _noticed(record):
    seen = packed(Because(Seen.DEVICE, {"people": 3, "least": 3}))
    flag = RecordFlag(record_id=record.id, kind=DoubtKind.DEVICE, facts=seen, raised_at=clock.now())
    make.saved(flag)
    return record.id


def _corrections(place, volunteer, doubted):
    """One request with a picture that waits; one about missing service that was appealed."""
    now, actor, person = clock.now(), volunteer.actor, volunteer.person
    span = Span(now - timedelta(days=20, hours=3), now - timedelta(days=20))
    missed = Request(
        Wrong.MISSING, "领队没有带签到表", on_record=False, activity="社区大扫除", span=span
    )
    with writing():
        asked = corrections.ask(
            person, place.office, said=Request(Wrong.TIME, "我待到了十二点", minutes=120),
            record=doubted, evidence="王阿姨在场", file=("合影.png", papers.PNG),
            actor=actor, now=now,
        )  # fmt: skip
        corrections.take_up(asked, actor=place.coordinator.actor, now=now)
        declined = corrections.ask(person, place.office, said=missed, actor=actor, now=now)
        corrections.answer(
            declined, remedy=None, words="没有证据", actor=place.coordinator.actor, now=now
        )
        corrections.appeal(declined, words="邻居可以作证", actor=actor, now=now)
        amending.amend(
            doubted,
            {"place": "二楼活动室"},
            reason="写错了",
            actor=place.coordinator.actor,
            now=now,
        )
        return asked.id, declined.id


def _settled(volunteer, doubted):
    records = db.session.query(type(doubted)).filter_by(person_id=volunteer.person_id)
    return next(
        each.id
        for each in records.order_by(type(doubted).id)
        if each.state is RecordState.APPROVED and each.id != doubted.id
    )


def entered(place, volunteer):
    """What was sent to the designated system, with an answer that waits to be taken over."""
    now, actor, office = clock.now(), place.administrator.actor, place.office
    sent = make.record(
        volunteer.person, office, 45, day=scene.today() - timedelta(days=20),
        category_id=place.project.category_id,
    )  # fmt: skip
    with writing():
        example = national_mappings.example().text.replace("required = true", "")
        version = national_mappings.add(
            office, example, valid_from=scene.today(), actor=actor, now=now, today=scene.today()
        )
        choice = Choice(office)
        made = national_files.make(choice, identity=False, today=scene.today())
        batch = national_files.send(
            choice, made, identity=False, reason="", actor=actor, now=now - timedelta(days=15)
        )
        text = f"记录编号,导入结果,失败原因\r\n{sent.id},成功,\r\n999999,失败,重复\r\n"
        file = national_answers.keep("回执.csv", text.encode(), actor=actor, now=now)
    make.record(
        volunteer.person, office, 30, day=scene.today() - timedelta(days=3),
        category_id=place.project.category_id,
    )  # fmt: skip
    return {
        "national.batch batch_id": batch.id,
        "national.mapping mapping_id": version.id,
        "national.answer file_id": file.id,
        "national.record record_id": sent.id,
        "national.records kind": "unanswered",
    }
