"""What a letter says, to which address, and in which form it leaves."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from telling import CORRECTED, FACTS, LAPSES, SESSION, state, told

from talent.db import db, writing
from talent.messages import service
from talent.messages.jobs import deliver, write
from talent.messages.models import Message, MessageKind, MessageState, Trouble

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOON = timedelta(seconds=30)  # a run takes a while


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
