"""The release before, taken out of the history, and what is walked through on both."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape

from earnest import release
from earnest.fleet import Person
from machines import ROOT

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
OF_EACH = 1  # page of one kind


def unpacked(place):
    """The code of the release before, ready to run; None in a clone without its history."""
    if not release.known():
        return None
    place.mkdir()
    git = ["git", "-C", str(ROOT), "archive", release.RELEASE]
    packed = subprocess.run(git, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(place)], input=packed.stdout, check=True)
    compiled = ["-m", "babel.messages.frontend", "-q", "compile", "-d", "talent/translations"]
    subprocess.run([sys.executable, *compiled], cwd=place, check=True)
    return place


def kind_of(path):
    """Pages of the same door: addresses that differ by a number or by what is looked for."""
    return re.sub(r"\d+", "1", path.partition("?")[0])


def doors(code):
    """Every page of this code that needs nothing but its address."""
    lines = (code / "tests/house/doors.txt").read_text().splitlines()
    told = [line.split() for line in lines]
    return sorted({path for methods, path, *_ in told if "GET" in methods and "<" not in path})


def walked(machine, who, code):
    """What each page answered that can be come to by its address or a link: {path: status}."""
    wait, found, kinds = doors(code), {}, {}
    while wait:
        path = wait.pop()
        kind = kind_of(path)
        if path in found or kinds.get(kind, 0) >= OF_EACH:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = who.ask(machine, "GET", path)
        found[path] = answer.status
        if answer.status == 200 and answer.data[:200].lstrip()[:1] == b"<":
            links = LINK.findall(answer.data.decode(errors="replace"))
            wait += [unescape(link) for link in links if not link.startswith("/static/")]
    return found


def signed_in(machine, login, password):
    who = Person()
    who.sign_in(machine, login, password)
    assert who.is_in(machine), login
    return who
