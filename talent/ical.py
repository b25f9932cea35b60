"""Calendars as other programs read them: RFC 5545 with the names of RFC 7986, in UTC throughout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, vCalAddress, vText

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

CONTROLS = {ord(sign): None for sign in map(chr, range(32)) if sign not in "\t\r\n"}
CONTROLS[127] = None  # RFC 5545 3.1: none of these stands in a text
PRODUCT = "-//Talent//Talent//ZH"
REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `sequence` grows with every change of time or place; `changed_at` is the last."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    changed_at: datetime
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False
    location: str = ""
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a subscriber sees of the calendar itself."""

    name: str
    source: str
    refresh: timedelta


@dataclass(frozen=True, slots=True)
class Invitation:
    """To whom one entry goes by mail (RFC 5546): REQUEST for a new or changed one, or CANCEL."""

    method: str
    organizer: str
    organizer_name: str
    attendee: str
    attendee_name: str


def calendar(entries: Iterable[Entry], feed: Feed) -> bytes:
    """A calendar to subscribe to. Lines end in CRLF and have 75 octets at most."""
    made = _calendar()
    name = feed.name.translate(CONTROLS)
    made.add("name", name)
    made.add("x-wr-calname", name)  # what clients read that do not know RFC 7986
    made.add("source", feed.source, parameters={"VALUE": "URI"})
    made.add("refresh-interval", feed.refresh, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", feed.refresh)
    made.add("color", "seagreen")
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def invitation(entry: Entry, to: Invitation) -> bytes:
    """One entry as a message to one attendee, who has accepted already and need not answer."""
    made = _calendar()
    made.add("method", to.method)
    event = _event(entry)
    organizer = vCalAddress(f"mailto:{to.organizer}")
    organizer.params["CN"] = vText(to.organizer_name.translate(CONTROLS))
    attendee = vCalAddress(f"mailto:{to.attendee}")
    attendee.params["CN"] = vText(to.attendee_name.translate(CONTROLS))
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("organizer", organizer)
    event.add("attendee", attendee)
    made.add_component(event)
    return bytes(made.to_ical())


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    return made


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary.translate(CONTROLS))
    if entry.location:
        event.add("location", entry.location.translate(CONTROLS))
    if entry.description:
        event.add("description", entry.description.translate(CONTROLS))
    if entry.url:
        event.add("url", entry.url)
    status = "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED"
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return event
