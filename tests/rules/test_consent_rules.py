from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from said import whys

from talent.rules.consent import (
    Consent,
    ConsentKind,
    Unconsented,
    missing,
    needed,
    refusals_to_publish,
)

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
TODAY = date(2026, 6, 1)
VERSIONS = dict.fromkeys(ConsentKind, "2")
EARLIER = NOW - timedelta(days=30)
PRIVACY, GUARDIAN, CHILD, HONOUR_ROLL, LOCATION, PHOTOGRAPH = ConsentKind


def given(kind, *, version="2", by_guardian=False, withdrawn_at=None, given_at=EARLIER):
    return Consent(kind, version, given_at, by_guardian, withdrawn_at)


@pytest.mark.parametrize(
    ("born", "kinds"),
    [
        (date(1990, 1, 1), [PRIVACY]),
        (date(2008, 6, 1), [PRIVACY]),
        (date(2008, 6, 2), [PRIVACY, GUARDIAN]),
        (date(2012, 6, 1), [PRIVACY, GUARDIAN]),
        (date(2012, 6, 2), [PRIVACY, GUARDIAN, CHILD]),
    ],
)
def test_what_has_to_be_consented_to_depends_on_age(born, kinds):
    assert needed(born, TODAY) == kinds


@pytest.mark.parametrize(
    ("kinds", "consents", "reasons"),
    [
        ([], [], []),
        ([PRIVACY], [given(PRIVACY)], []),
        ([PRIVACY], [], [Unconsented.PRIVACY]),
        ([HONOUR_ROLL], [given(PRIVACY)], [Unconsented.HONOUR_ROLL]),
        ([LOCATION], [given(PRIVACY), given(HONOUR_ROLL)], [Unconsented.LOCATION]),
        ([PRIVACY], [given(PRIVACY, version="1")], [Unconsented.OUTDATED]),
        ([PRIVACY], [given(PRIVACY, version="1"), given(PRIVACY)], []),
        ([PRIVACY], [given(PRIVACY, withdrawn_at=NOW)], [Unconsented.PRIVACY]),
        ([PRIVACY], [given(PRIVACY, withdrawn_at=NOW + timedelta(seconds=1))], []),
        ([PRIVACY], [given(PRIVACY, withdrawn_at=EARLIER), given(PRIVACY)], []),
        ([PRIVACY], [given(PRIVACY, given_at=NOW)], []),
        ([PRIVACY], [given(PRIVACY, given_at=NOW + timedelta(seconds=1))], [Unconsented.PRIVACY]),
        ([GUARDIAN], [given(GUARDIAN)], [Unconsented.NOT_BY_GUARDIAN]),
        ([GUARDIAN], [given(GUARDIAN, by_guardian=True)], []),
        ([CHILD], [given(CHILD)], [Unconsented.NOT_BY_GUARDIAN]),
        ([CHILD], [], [Unconsented.CHILD]),
        (
            [PRIVACY, GUARDIAN, CHILD],
            [given(PRIVACY)],
            [Unconsented.GUARDIAN, Unconsented.CHILD],
        ),
    ],
)
def test_a_consent_counts_in_its_present_version_by_the_right_person_until_withdrawn(
    kinds, consents, reasons
):
    assert whys(missing(kinds, consents, VERSIONS, NOW)) == reasons


def test_nobody_is_a_guardian_unless_it_is_said():
    assert not Consent(GUARDIAN, "2", EARLIER).by_guardian


def test_the_new_version_is_named():
    (because,) = missing([PRIVACY], [given(PRIVACY, version="1")], VERSIONS, NOW)
    assert because.facts == {"version": "2"}


@pytest.mark.parametrize("kind", list(ConsentKind))
def test_each_kind_of_consent_has_a_sentence_for_its_absence(kind):
    assert whys(missing([kind], [], VERSIONS, NOW)) == [Unconsented[kind.name]]


ADULT, MINOR = date(2000, 1, 1), date(2010, 1, 1)


@pytest.mark.parametrize(
    ("born", "consents", "reasons"),
    [
        (ADULT, [], [Unconsented.HONOUR_ROLL]),
        (ADULT, [given(PRIVACY)], [Unconsented.HONOUR_ROLL]),
        (ADULT, [given(HONOUR_ROLL)], []),
        (None, [given(HONOUR_ROLL)], [Unconsented.UNKNOWN_AGE]),
        (None, [given(HONOUR_ROLL, by_guardian=True)], []),
        (MINOR, [given(HONOUR_ROLL)], [Unconsented.NOT_BY_GUARDIAN]),
        (MINOR, [given(HONOUR_ROLL, by_guardian=True)], []),
        (MINOR, [given(HONOUR_ROLL), given(GUARDIAN, by_guardian=True)], [
            Unconsented.NOT_BY_GUARDIAN,
        ]),
        (ADULT, [given(HONOUR_ROLL, withdrawn_at=NOW)], [Unconsented.HONOUR_ROLL]),
        (MINOR, [given(HONOUR_ROLL, by_guardian=True, withdrawn_at=NOW), given(HONOUR_ROLL)], [
            Unconsented.NOT_BY_GUARDIAN,
        ]),
    ],
)  # fmt: skip
def test_nobody_is_named_in_public_without_a_consent_of_its_own(born, consents, reasons):
    found = refusals_to_publish(born, consents, VERSIONS, now=NOW, today=NOW.date())
    assert whys(found) == reasons
