"""Reads a calendar byte by byte, as no library does: RFC 5545 3.1 and what its events must have."""

from __future__ import annotations

import re

LONGEST = 75  # octets of a line, without its end


def lines(body: bytes) -> list[str]:
    """The unfolded lines of a calendar whose every byte is as it should be."""
    assert body.endswith(b"\r\n")
    physical = body.split(b"\r\n")[:-1]
    unfolded: list[bytes] = []
    for line in physical:
        assert b"\r" not in line, line
        assert b"\n" not in line, line
        assert len(line) <= LONGEST, line
        assert not [octet for octet in line if octet < 32 and octet != 9], line
        line.decode()  # no character is cut in two by a fold
        if line[:1] in {b" ", b"\t"}:
            unfolded[-1] += line[1:]
        else:
            assert line, "an empty line"
            unfolded.append(line)
    return [line.decode() for line in unfolded]


def events(body: bytes) -> list[dict[str, str]]:
    """The events, each property by its name; parameters stand in the name's own entry."""
    found, event = [], None
    read = lines(body)
    assert read[0] == "BEGIN:VCALENDAR"
    assert read[-1] == "END:VCALENDAR"
    for name in ("PRODID", "VERSION"):
        assert sum(line.startswith(f"{name}:") for line in read) == 1, name
    zones = {line.removeprefix("TZID:") for line in read if line.startswith("TZID:")}
    for line in read:
        head, _, value = line.partition(":")
        name, *parameters = head.split(";")
        for parameter in parameters:
            if parameter.startswith("TZID="):
                assert parameter.removeprefix("TZID=") in zones, line
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            _check(event)
            found.append(event)
            event = None
        elif event is not None:
            assert name not in event, f"{name} twice"
            event[name] = value
    assert len({(e["UID"], e["SEQUENCE"]) for e in found}) == len(found)
    return found


def _check(event: dict[str, str]) -> None:
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "STATUS"):
        assert event.get(name), (name, event)
    for name in ("DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"):
        assert re.fullmatch(r"\d{8}T\d{6}Z", event[name]), event[name]
    assert event["DTEND"] > event["DTSTART"]
    for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        text = re.sub(r"\\[\\;,nN]", "", event.get(name, ""))
        assert not set(text) & set("\\;,"), event[name]
