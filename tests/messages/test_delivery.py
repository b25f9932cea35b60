"""How messages leave: once, at a decent hour, in the reader's language, come what may."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest

from talent.db import db, writing
from talent.messages import outbox, service
from talent.messages.jobs import deliver, write
from talent.messages.models import Message, MessageKind, MessageState, Stopped, Trouble

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOON = timedelta(seconds=30)  # a run takes a while
RESET = MessageKind.PASSWORD_RESET
CORRECTED = MessageKind.HOURS_CORRECTED
LAPSES = MessageKind.CREDENTIAL_LAPSES
SESSION = {
    "course": {"name_zh": "心肺复苏", "name_en": "First aid"},
    "starts_at": "2026-06-05T01:00:00+00:00",
    "ends_at": "2026-06-05T04:00:00+00:00",
    "zone": "Asia/Shanghai",
    "where": "二楼教室",
    "path": "/training/mine",
}
SHIFT = {
    "project": {"name_zh": "长者食堂送餐", "name_en": "Meals for neighbours"},
    "position": {"name_zh": "送餐员", "name_en": "Meal carrier"},
    "starts_at": "2026-06-05T01:00:00+00:00",
    "ends_at": "2026-06-05T04:00:00+00:00",
    "zone": "Asia/Shanghai",
    "where": "社区食堂",
    "bring": None,
    "note": None,
    "path": "/shifts/7",
}
_ASKED = {
    "who": "王*", "words": "拜托了", "wanted": {"name_zh": "陪诊", "name_en": "To the doctor"},
}  # fmt: skip
HANDED_ON = {
    MessageKind.HANDOVER_ASKED: _ASKED,
    MessageKind.HANDOVER_OPEN: _ASKED,
    MessageKind.HANDOVER_ANSWERED: {"who": "王*", "outcome": "refused", "reason": "当天有培训"},
    MessageKind.HANDOVER_WAITS: {"who": "王秀兰", "to": "李建国"},
    MessageKind.LATE_CANCEL: {"who": "王秀兰", "reason": "孩子发烧", "searching": True},
    MessageKind.SUBSTITUTE_WANTED: {"answer_by_at": "2026-06-04T04:00:00+00:00"},
    MessageKind.SEARCH_ENDED: {"ended": "nobody"},
}
_REQUEST = {
    "name": "Maria Chen",
    "activity": "敬老院陪伴",
    "state": "Declined",
    "words": "签到表是一小时",
    "due_on": "2026-06-15",
    "path": "/hours/doubts/7",
}
_STAR = {
    "level": {"name_zh": "一星级志愿者", "name_en": "One-star volunteer"},
    "path": "/recognition/",
}
_DRAFT = {
    "draft": "调整方案",
    "unit": {"name_zh": "东湖街道", "name_en": "East Lake"},
    "speaker": "区主管",
    "words": "依据不足",
    "path": "/staffing/drafts/7",
}
FACTS = {
    MessageKind.AGREEMENT_RENEWED: {
        "of": {"name_zh": "东湖街道", "name_en": "East Lake"},
        "path": "/people/agreements/2",
    },
    MessageKind.DRAFT_SHARED: _DRAFT | {"event": "shared"},
    MessageKind.DRAFT_ANSWERED: _DRAFT | {"event": "sent_back"},
    MessageKind.STAR_GRANTED: _STAR | {"number": "XJ2026-7K3M-9QXW-2DTHB"},
    MessageKind.STAR_REFUSED: _STAR | {"reason": "材料不全"},
    MessageKind.STAR_WITHDRAWN: _STAR | {"reason": "查实为虚假记录"},
    CORRECTED: {
        "activity": "敬老院陪伴",
        "day": "2026-05-20",
        "old_minutes": 120,
        "new_minutes": 90,
        "reason": "提前离开",
        "path": "/hours/7",
    },
    LAPSES: {
        "credential": {"name_zh": "急救证", "name_en": "First aid"},
        "until_on": "2026-07-01",
        "path": "/training/mine",
    },
    RESET: {"until_at": "2026-06-01T02:00:00+00:00", "path": "/accounts/reset/"},
    MessageKind.CLAIM: {
        "asked_by": "小王",
        "until_at": "2026-06-08T02:00:00+00:00",
        "path": "/people/claims/3/letters/",
    },
    MessageKind.REGISTRATION_DECIDED: {
        "accepted": False,
        "reason": "请补充电话",
        "volunteer_no": "V0000001",
        "path": "/people/me",
    },
    MessageKind.REGISTRATION_LAPSES: {
        "until_on": "2026-08-01",
        "opens_on": "2026-05-01",
        "missing_minutes": 600,
        "path": "/training/mine",
    },
    MessageKind.LOGIN_CHANGED: {"changed_at": "2026-06-01T01:00:00+00:00", "path": "/account/"},
    MessageKind.SESSION_CHANGED: SESSION,
    MessageKind.SESSION_PROMOTED: SESSION,
    MessageKind.SESSION_REMINDER: SESSION,
    MessageKind.SESSION_CANCELLED: SESSION,
    **{kind: SHIFT | more for kind, more in HANDED_ON.items()},
    MessageKind.RECORDS_OVERDUE: {"count": 3, "path": "/hours/review/overdue"},
    MessageKind.CORRECTION_WAITS: _REQUEST | {"event": "appealed"},
    MessageKind.CORRECTION_MOVED: _REQUEST | {"event": "answered"},
    MessageKind.LIST_OPEN: {
        "rung": "office",
        "activity": "Meals",
        "starts_at": "2026-05-29T01:00:00+00:00",
        "missing": 2,
        "path": "/shifts/7/roster",
    },
    MessageKind.LEFT_LYING: {
        "offices": 2,
        "records": 3,
        "requests": 1,
        "lists": 4,
        "path": "/hours/review/lying",
    },
    MessageKind.LEDGER_FAULTS: {"count": 2, "path": "/hours/ledger/3"},
    MessageKind.CREDENTIAL_LAPSED: {
        "credential": {"name_zh": "急救证", "name_en": "First aid"},
        "whose": "王秀兰",
        "until_on": "2026-05-31",
        "path": "/renewals/?lapsed=1",
    },
    MessageKind.LAPSES_DIGEST: {"count": 7, "soon": 2, "waiting": 3, "path": "/renewals/"},
    MessageKind.PAPER_REFUSED: {
        "what": {"name_zh": "急救证", "name_en": "First aid"},
        "why": "照片不清楚",
        "path": "/training/mine",
    },
}


def told(person, kind=CORRECTED, once="1", now=make.NOW, **more):
    with writing():
        return service.tell(kind, once=once, now=now, person=person, facts=FACTS[kind], **more)


def state(number):
    db.session.rollback()
    message = db.session.get(Message, number, populate_existing=True)
    return message.state, message.trouble


def test_a_message_is_sent_once_and_a_second_one_for_the_same_event_is_not_written(app, server):
    person = make.person()
    number = told(person)

    assert told(person) is None
    deliver(make.NOW)
    deliver(make.NOW + HOUR)

    assert [to for to, _ in server.accepted] == [[person.email]]
    assert state(number) == (MessageState.SENT, None)


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_says_all_it_has_to_say_in_the_readers_language(app, server, kind, language):
    person = make.person(name="王秀兰", at=make.office(), language=language)
    told(person, kind, office_id=person.registrations[0].office_id, secret="s3cret")

    deliver(make.NOW)

    [(_, mail)] = server.accepted
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["Subject"].strip()
    assert f"http://localhost:8000{FACTS[kind]['path']}" in text
    assert FACTS[kind]["path"] in html
    for rest in ("{{", "{%", "None", "%(", "Undefined"):
        assert rest not in mail["Subject"] + text + html
    chinese = any("一" <= c <= "鿿" for c in mail["Subject"])
    assert chinese == (language == "zh")
    assert ("春风社区" in text) == (language == "zh")


def test_the_secret_ends_the_link_and_is_wiped_once_sent(app, server):
    number = told(make.person(), RESET, secret="s3cret")
    raw = db.session.connection().exec_driver_sql("SELECT secret FROM message").scalar()
    assert "s3cret" not in raw

    deliver(make.NOW)

    [(_, mail)] = server.accepted
    assert "/accounts/reset/s3cret" in mail.get_body(("plain",)).get_content()
    db.session.rollback()
    assert db.session.get(Message, number, populate_existing=True).secret is None


def test_what_the_server_puts_off_is_tried_again_later_and_later(app, server):
    number = told(make.person())
    server.script["RCPT"] = ["450 mailbox busy"] * 6
    now = make.NOW
    tries = []
    for wait in (*outbox.BACK_OFF, HOUR):
        deliver(now)
        deliver(now + wait - SOON)
        tries.append(6 - len(server.script["RCPT"]))
        now += wait + SOON

    assert tries == [1, 2, 3, 4, 5, 6]
    assert server.accepted == []
    assert state(number) == (MessageState.DEAD, Trouble.REFUSED)
    deliver(now + 24 * HOUR)
    assert server.accepted == []


def test_after_a_hiccup_the_message_goes_out_once(app, server):
    number = told(make.person())
    server.script["DATA"] = ["451 try later"]

    deliver(make.NOW)
    deliver(make.NOW + MINUTE + SOON)

    assert len(server.accepted) == 1
    assert state(number) == (MessageState.SENT, None)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_lasting_refusal_is_a_dead_letter_at_once(app, server, command):
    number = told(make.person())
    server.script[command] = ["550 no such user"]

    deliver(make.NOW)

    assert state(number) == (MessageState.DEAD, Trouble.REFUSED)
    message = db.session.get(Message, number)
    assert message.answer == "550 no such user"


def test_one_refused_letter_does_not_hold_up_the_next(app, server):
    told(make.person(), once="1")
    other = make.person()
    told(other, once="2")
    server.script["RCPT"] = ["550 no such user"]

    deliver(make.NOW)

    assert [to for to, _ in server.accepted] == [[other.email]]


def test_a_server_that_is_away_leaves_everything_for_later(app, server, monkeypatch):
    numbers = [told(make.person(), once=str(n)) for n in range(3)]
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)

    deliver(make.NOW)
    assert {state(n) for n in numbers} == {(MessageState.WAITING, Trouble.UNREACHABLE)}

    monkeypatch.setitem(app.config, "MAIL_PORT", server.port)
    deliver(make.NOW + MINUTE + SOON)
    assert len(server.accepted) == 3


def test_a_server_that_accepts_and_never_answers_leaves_a_doubt_and_no_second_mail(app, mute):
    number = told(make.person())

    deliver(make.NOW)
    deliver(make.NOW + 24 * HOUR)

    assert state(number) == (MessageState.HANDED, Trouble.NOT_CONFIRMED)
    assert mute.letters == 1


def test_a_worker_that_died_before_handing_over_is_replaced_when_its_lease_ends(app, server):
    number = told(make.person())
    with writing():
        assert outbox.claim("dead worker", now=make.NOW, most=5) == [number]

    deliver(make.NOW + MINUTE + SOON)
    assert server.accepted == []
    deliver(make.NOW + outbox.LEASE)

    assert len(server.accepted) == 1


def test_a_worker_that_died_after_handing_over_is_never_repeated_and_the_office_sees_it(
    app, server, browser
):
    office = make.office()
    number = told(make.person(at=office), office_id=office.id)
    with writing():
        outbox.claim("dead worker", now=make.NOW, most=5)
    with writing():
        assert outbox.hand(number, "dead worker", now=make.NOW)

    deliver(make.NOW + 24 * HOUR)

    assert server.accepted == []
    assert state(number) == (MessageState.HANDED, Trouble.NOT_CONFIRMED)


def test_a_worker_whose_lease_was_taken_over_does_not_hand_over(app):
    number = told(make.person())
    with writing():
        outbox.claim("slow", now=make.NOW, most=5)
    with writing():
        assert outbox.claim("quick", now=make.NOW + outbox.LEASE, most=5) == [number]
    with writing():
        assert not outbox.hand(number, "slow", now=make.NOW + outbox.LEASE)
        assert outbox.hand(number, "quick", now=make.NOW + outbox.LEASE)


def test_after_six_hours_of_rest_what_is_due_goes_out_once_and_what_is_useless_does_not(
    app, server
):
    due = [told(make.person(), once=str(n), due_at=make.NOW + n * HOUR) for n in range(1, 4)]
    late = told(make.person(), once="late", useless_after=make.NOW + 5 * HOUR)
    future = told(make.person(), once="future", due_at=make.NOW + 7 * HOUR)

    deliver(make.NOW + 6 * HOUR)
    deliver(make.NOW + 6 * HOUR)

    assert len(server.accepted) == 3
    assert {state(n) for n in due} == {(MessageState.SENT, None)}
    assert state(late) == (MessageState.DROPPED, Trouble.TOO_LATE)
    assert state(future) == (MessageState.WAITING, None)


def test_at_night_only_what_somebody_waits_for_goes_out(app, server):
    office = make.office()
    night = make.NOW + 14 * HOUR  # eleven in the evening in Shanghai
    quiet = told(make.person(at=office), once="1", office_id=office.id)
    told(make.person(at=office), RESET, once="2", secret="x", office_id=office.id)
    urgent = told(
        make.person(at=office), once="3", office_id=office.id, useless_after=night + 3 * HOUR
    )

    deliver(night)

    assert len(server.accepted) == 2
    assert state(quiet) == (MessageState.WAITING, None)
    assert state(urgent) == (MessageState.SENT, None)
    deliver(night + 9 * HOUR - MINUTE)
    assert state(quiet) == (MessageState.WAITING, None)
    deliver(night + 9 * HOUR + SOON)
    assert state(quiet) == (MessageState.SENT, None)


def test_the_night_is_that_of_the_office(app, server):
    office = make.office(zone="Europe/London")
    number = told(make.person(at=office), office_id=office.id)

    deliver(make.NOW)  # two in the morning in London

    assert state(number) == (MessageState.WAITING, None)


def test_the_day_in_a_letter_is_that_of_the_office_like_the_time(app):
    office = make.office(zone="America/New_York")
    facts = SESSION | {"starts_at": "2026-06-05T01:00:00+00:00", "zone": office.zone}
    reader = make.person(language="en")
    with writing():
        number = service.tell(
            MessageKind.SESSION_CHANGED, once="1", now=make.NOW, person=reader,
            office_id=office.id, facts=facts,
        )  # fmt: skip
    message = db.session.get_one(Message, number)
    text = write(message, make.NOW).mail.get_body(("plain",)).get_content()
    assert "4 Jun 2026" in text
    assert "21:00" in text


def test_what_was_taken_back_does_not_go_out(app, server):
    first, second, other = (told(make.person(), once=o) for o in ("12", "12:1440", "123"))
    with writing():
        assert service.drop(CORRECTED, "12") == 2

    deliver(make.NOW)

    assert len(server.accepted) == 1
    assert state(other) == (MessageState.SENT, None)
    assert state(first) == state(second) == (MessageState.DROPPED, Trouble.WITHDRAWN)


def test_what_was_taken_back_while_a_worker_held_it_does_not_go_out(app):
    number = told(make.person())
    with writing():
        outbox.claim("worker", now=make.NOW, most=5)
    with writing():
        service.drop(CORRECTED, "1")
    with writing():
        assert not outbox.hand(number, "worker", now=make.NOW)


def test_who_stopped_a_kind_gets_no_more_of_it_but_all_else(app, server):
    person = make.person()
    waiting = told(person, LAPSES, once="1")
    make.saved(Stopped(person_id=person.id, kind=LAPSES, at=make.NOW))

    assert told(person, LAPSES, once="2") is None
    told(person, CORRECTED)
    deliver(make.NOW)

    assert len(server.accepted) == 1
    assert state(waiting) == (MessageState.DROPPED, Trouble.STOPPED)


def test_a_line_break_in_what_people_type_makes_no_new_header(app, server):
    person = make.person()
    facts = FACTS[LAPSES] | {
        "credential": {"name_zh": "证\r\nBcc: thief@example.org", "name_en": None}
    }
    with writing():
        service.tell(LAPSES, once="1", now=make.NOW, person=person, facts=facts)

    deliver(make.NOW)

    [(to, mail)] = server.accepted
    assert to == [person.email]
    assert mail["Bcc"] is None
    assert "Bcc: thief@example.org" in mail["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: thief@example.org",
        "a@example.org, b@example.org",
        "nobody",
        "@x",
        "王@example.org",
    ],
)
def test_an_impossible_address_is_a_dead_letter(app, server, address):
    number = told(make.person(email=address))

    deliver(make.NOW)

    assert server.accepted == []
    assert state(number) == (MessageState.DEAD, Trouble.BAD_ADDRESS)


def test_a_reader_without_an_address_is_a_dead_letter_that_the_office_sees(app, server):
    number = told(make.person(email=None))
    assert state(number) == (MessageState.DEAD, Trouble.NO_ADDRESS)


def test_only_what_one_can_do_without_can_be_stopped_from_the_mail(app, server):
    person = make.person()
    told(person, LAPSES)
    told(person, CORRECTED)

    deliver(make.NOW)

    optional, essential = (mail for _, mail in server.accepted)
    if "List-Unsubscribe" not in optional:
        optional, essential = essential, optional
    assert optional["List-Unsubscribe"].startswith("<http://localhost:8000/messages/stop/")
    assert optional["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in essential


def test_the_address_that_stops_a_kind_of_mail_stands_bare_on_one_line(app, folder, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://volunteers.qinghe-district.example.org")
    number = told(make.person(), LAPSES)

    deliver(make.NOW)

    lines = (folder / f"{number}.eml").read_bytes().split(b"\r\n")
    (stop,) = [line for line in lines if line.startswith(b"List-Unsubscribe: <https://")]
    assert stop.endswith(b">")


def test_every_try_carries_the_same_number(app, server):
    number = told(make.person())
    server.script["DATA"] = ["451 later"]
    deliver(make.NOW)
    message = db.session.get(Message, number)
    assert message.state == MessageState.WAITING
    deliver(make.NOW + MINUTE + SOON)
    [(_, mail)] = server.accepted
    assert mail["Message-ID"] == write(db.session.get(Message, number), make.NOW).mail["Message-ID"]


def test_without_a_server_the_letter_is_a_file(app, folder):
    number = told(make.person())

    deliver(make.NOW)

    assert [f.name for f in folder.iterdir()] == [f"{number}.eml"]
    assert state(number) == (MessageState.SENT, None)


def test_a_dot_at_the_beginning_of_a_line_survives(app, server):
    facts = FACTS[CORRECTED] | {"reason": ".\n..\nend"}
    with writing():
        service.tell(
            CORRECTED, once="1", now=make.NOW, person=make.person(language="en"), facts=facts
        )

    deliver(make.NOW)

    [(_, mail)] = server.accepted
    assert ".\n..\nend" in mail.get_body(("plain",)).get_content().replace("\r", "")
