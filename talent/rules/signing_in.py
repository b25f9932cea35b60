"""Passwords, tries and sessions: ASVS 5.0 (2025-05-30) 6.2, 6.3, 7.3; NIST SP 800-63B-4 3.1, 3.2.

What is asked of a password, how long one waits after tries that failed, and when one is asked
again who one is. Nobody is locked out of a device that is known.
"""

from __future__ import annotations

import string
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import datetime

LEAST = 10  # characters; docs/decisions/passwords.md says why
MOST = 200  # characters
LEAST_OF_ITS_OWN = 6  # characters beside what everybody knows
LEAST_DIFFERENT = 5  # characters
SHORTEST_KNOWN = 2  # characters of a name that count as known; of a Latin one, four
SHORTEST_KNOWN_LATIN = 4  # characters
FREE_TRIES = 5  # of one login
FREE_TRIES_OF_ADDRESS = 30  # many people share the address of an office
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=20)
REMEMBERED = timedelta(hours=24)
MOST_FAILURES = 100  # one after the other; then only a known device, a link or the office helps
COUNTED = timedelta(days=90)  # without any try; then the count begins anew
STAFF_IDLE, STAFF_LONGEST = timedelta(hours=3), timedelta(hours=12)
IDLE, LONGEST_SESSION = timedelta(days=7), timedelta(days=30)
PROVED_FOR = timedelta(minutes=10)
HALF_IN = timedelta(minutes=10)
COMMON = (
    "password", "passw0rd", "p@ssword", "admin", "administrator", "qwerty", "qwertyuiop", "asdfgh",
    "asdfghjkl", "zxcvbn", "zxcvbnm", "1qaz2wsx", "1q2w3e4r", "q1w2e3r4", "qazwsx", "abc", "abcd",
    "abcdef", "iloveyou", "woaini", "5201314", "1314520", "520", "1314", "666", "888", "welcome",
    "letmein", "changeme", "monkey", "dragon", "sunshine", "test", "user", "zhongguo", "beijing",
    "shanghai", "zhiyuanzhe", "shequ", "talent", "volunteer", "志愿者", "社区", "志愿服务", "密码",
)  # fmt: skip
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
SHORTEST_RUN = 4  # characters
_AROUND = string.digits + string.punctuation + string.whitespace


class Weak(StrEnum):
    """Why a password is not taken."""

    SHORT = N_("Use at least %(least)s characters. Several words are easy to remember.")
    LONG = N_("Use at most %(most)s characters.")
    COMMON = N_("This password is too easy to guess. Choose one that others do not use.")
    KNOWN = N_(
        "This password consists of what others know about you: a name, an address, a number."
    )


def refusals(
    password: str, known: Iterable[str] = (), common: Container[str] = ()
) -> list[Because]:
    """6.2.1 long enough; 6.2.4, 6.2.11 neither common nor made of what is known. Any sign goes.

    `common` is the list of those that many have; signs and numbers around one change nothing.
    """
    if len(password) < LEAST:
        return [Because(Weak.SHORT, {"least": LEAST})]
    if len(password) > MOST:
        return [Because(Weak.LONG, {"most": MOST})]
    small = password.casefold()
    own = _without(small, _telling(known))
    if len(own) < LEAST_OF_ITS_OWN:
        return [Because(Weak.KNOWN)]
    rest = _without_runs(_without(own, COMMON))
    few = len(rest) < LEAST_OF_ITS_OWN or len(set(small)) < LEAST_DIFFERENT
    if few or small in common or small.strip(_AROUND) in common:
        return [Because(Weak.COMMON)]
    return []


def wait_after(failures: int, free: int = FREE_TRIES) -> timedelta:
    """6.3.1: from the last free try on a wait that doubles, up to twenty minutes."""
    if failures < free:
        return timedelta()
    doubled: int = 2 ** min(failures - free, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def left_to_wait(
    failures: int, last: datetime | None, now: datetime, free: int = FREE_TRIES
) -> timedelta:
    """6.3.1: how long until the next try is looked at."""
    if last is None:
        return timedelta()
    return max(last + wait_after(failures, free) - now, timedelta())


def exhausted(failures: int) -> bool:
    """NIST 3.2.2: whether so many tries failed one after the other that no more are looked at."""
    return failures >= MOST_FAILURES


def over(began: datetime, seen: datetime, now: datetime, *, staff: bool) -> bool:
    """7.3.1, 7.3.2: whether a session has lain idle too long, or lasted too long."""
    idle, longest = (STAFF_IDLE, STAFF_LONGEST) if staff else (IDLE, LONGEST_SESSION)
    return now - seen > idle or now - began > longest


def proof_needed(proved: datetime, now: datetime) -> bool:
    """7.5.1: whether it is too long ago that somebody showed who sits there."""
    return now - proved > PROVED_FOR


def _telling(known: Iterable[str]) -> list[str]:
    small = [word.casefold() for word in known if word]
    return [
        word
        for word in small
        if len(word) >= (SHORTEST_KNOWN_LATIN if word.isascii() else SHORTEST_KNOWN)
    ]


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """Without stretches of the digits, the alphabet or the keyboard, either way round."""
    for run in (way for each in RUNS for way in (each, each[::-1])):
        for length in range(len(run), SHORTEST_RUN - 1, -1):
            for start in range(len(run) - length + 1):
                text = text.replace(run[start : start + length], "")
    return text
