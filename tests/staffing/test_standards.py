"""Standards of every kind: taken from templates, counted, and refused where they cannot be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from village import certify, populate, row_of, staff

from talent.db import db, writing
from talent.offices.models import OfficeKind, Settlement
from talent.rules.social_workers import Grade
from talent.rules.sources import Sure
from talent.rules.staffing import PopulationKind
from talent.rules.standards import Band, Bands, Base, Inverse, PerUnit, Ratio, Share
from talent.staffing import service
from talent.staffing.models import AppointmentKind, Standard
from talent.staffing.standards import service as standards
from talent.staffing.standards.service import Counting
from talent.staffing.standards.templates import TEMPLATES

D = Decimal
ON = date(2026, 6, 1)
FORM = {
    "name_zh": "标准",
    "count_mode": "headcount",
    "count_on_leave": "y",
    "kinds": ["full_time"],
    "valid_from": "2026-01-01",
    "source": "区政府",
}


def standard(office, terms, measure="own-measure", **counting):
    with writing():
        return standards.add_standard(
            office=office,
            name_zh="标准",
            terms=terms,
            measure=measure,
            counting=Counting(**counting),
            valid_from=date(2024, 1, 1),
            source="区政府",
            actor=standards.SYSTEM,
            now=make.NOW,
        )


def outcomes(place, measure="own-measure"):
    """What each office of the district shows, by its short name."""
    names = {getattr(place, name).id: name for name in vars(place)}
    lines = service.report(standards.SYSTEM, on=ON, measure=measure)
    return {names[line.office.id]: line.measured for line in lines}


def filled(browser, code):
    """What the form of a template holds when it is opened."""
    page = browser.visit(f"/staffing/standards/new?template={code}")
    (form,) = [form for form in page.all("form") if form.get("class") == "form"]
    sent: dict[str, object] = {}
    for field in form.iter("select"):
        chosen = [o for o in field.iter("option") if o.get("selected") is not None]
        sent[field.get("name")] = (chosen or list(field.iter("option")))[0].get("value")
    for field in form.iter("textarea"):
        sent[field.get("name")] = (field.text or "").lstrip("\r\n")
    for field in form.iter("input"):
        name = field.get("name")
        if field.get("type") not in {"checkbox", "radio"}:
            sent[name] = field.get("value")
        elif field.get("checked") is not None:
            sent[name] = [*sent.get(name, []), field.get("value")]
    return sent


@pytest.mark.parametrize("code", list(TEMPLATES))
def test_each_template_is_taken_as_it_stands(browser, place, manager, code):
    template = TEMPLATES[code]
    sent = filled(browser.sign_in(manager), code)
    primary = template.sure is Sure.PRIMARY
    assert sent["source"] == (template.source if primary else "")
    if not primary:
        page = browser.send(f"/staffing/standards/new?template={code}", status=422, **sent)
        assert "Source" in page.words
        sent["source"] = "区民发〔2026〕1号"
    browser.send(f"/staffing/standards/new?template={code}", **sent)
    row = db.session.query(Standard).one()
    assert (row.terms, row.measure, row.base) == (template.terms, template.measure, template.base)
    assert row.kinds == [kind.value for kind in AppointmentKind if kind in template.kinds]
    assert row.grades == [grade.value for grade in template.grades]
    assert (row.for_kind, row.settlement) == (template.for_kind, template.settlement)
    assert row.sure is (Sure.PRIMARY if primary else Sure.OWN)


def test_a_changed_number_is_the_office_s_own(browser, place, manager):
    sent = filled(browser.sign_in(manager), "cwla_ongoing") | {"per": "20"}
    browser.send("/staffing/standards/new?template=cwla_ongoing", **sent)
    row = db.session.query(Standard).one()
    assert (row.per, row.sure, row.template) == (20, Sure.OWN, "cwla_ongoing")


def test_the_templates_say_how_sure_they_are(browser, place, manager):
    page = browser.sign_in(manager).visit("/staffing/standards/templates")
    (row,) = page.said("tr", id="template-elderly_200")
    assert "1 for each begun 200: Residents of homes for the elderly; at least 1" in row
    assert "[M]" in row
    (row,) = page.said("tr", id="template-shaanxi_2012")
    assert "from 1000 to below 2000: 5" in row


def test_one_for_each_community_counts_the_communities(place):
    director = AppointmentKind.CHILDREN_DIRECTOR
    standard(
        place.district, PerUnit(D(1)), kinds=(director,), base=Base.OFFICES,
        for_kind=OfficeKind.COMMUNITY,
    )  # fmt: skip
    staff(place.one, 2, kind=director)
    staff(place.street, kind=director)  # of the street: it is no community's
    found = outcomes(place)
    assert {name: (o.number, o.required, o.shortfall) for name, o in found.items()} == {
        "district": (2, 3, 1), "street": (2, 2, 0), "other": (0, 1, 1),
        "one": (2, 1, 0), "two": (0, 1, 1), "three": (0, 1, 1),
    }  # fmt: skip
    assert found["one"].surplus == 1


def test_a_standard_for_urban_communities_leaves_rural_ones_out(place):
    with writing():
        db.session.merge(place.two).settlement = Settlement.RURAL
    standard(
        place.district, PerUnit(D(1)), base=Base.OFFICES, for_kind=OfficeKind.COMMUNITY,
        settlement=Settlement.URBAN,
    )  # fmt: skip
    staff(place.two)
    found = outcomes(place)
    assert (found["street"].number, found["street"].base) == (0, 1)
    assert (found["two"].required, len(found["two"].reasons)) == (None, 1)


def test_bands_ask_each_community_by_its_households(place):
    bands = Bands((Band(1_000, 2_000, D(5)), Band(2_000, 4_000, D(7)), Band(4_000, None, D(9))))
    standard(place.district, bands, population_kind=PopulationKind.HOUSEHOLDS)
    for office, households in ((place.one, 1_999), (place.two, 2_000), (place.three, 4_000)):
        populate(office, households, kind=PopulationKind.HOUSEHOLDS)
    found = outcomes(place)
    assert [found[n].required for n in ("one", "two", "three", "street", "district")] == [
        *(5, 7, 9, 12, 21)
    ]
    assert found["district"].shortfall == 21


def test_homes_are_asked_where_there_are_some(place):
    home = PopulationKind.HOME_RESIDENTS
    standard(place.district, Inverse(D(200), least=D(1)), population_kind=home)
    populate(place.one, 450, kind=home)
    found = outcomes(place)
    assert (found["one"].required, found["district"].required) == (3, 3)
    assert (found["two"].required, found["other"].required) == (None, None)
    assert (found["one"].shortfall, found["street"].base) == (3, 450)


def test_a_share_is_of_the_staff_who_are_counted(place):
    standard(place.district, Share(D(50)), grades=(Grade.ASSISTANT,))
    certify(staff(place.one, 3))
    certify(staff(place.two))
    found = outcomes(place)
    assert (found["one"].ratio, found["one"].met, found["one"].shortfall) == (D(100) / 3, False, 1)
    assert (found["street"].ratio, found["street"].met) == (50, True)
    assert found["three"].ratio is None


def test_supervisors_are_held_against_workers(place):
    standard(
        place.district, Inverse(D(5)), kinds=(AppointmentKind.SUPERVISOR,), base=Base.STAFF,
        base_kinds=(AppointmentKind.SOCIAL_WORKER,), for_kind=OfficeKind.STREET,
    )  # fmt: skip
    staff(place.one, 4, kind=AppointmentKind.SOCIAL_WORKER)
    staff(place.street, 2, kind=AppointmentKind.SOCIAL_WORKER)
    staff(place.street, kind=AppointmentKind.SUPERVISOR)
    found = outcomes(place)
    assert (found["street"].base, found["street"].required, found["street"].shortfall) == (6, 2, 1)
    assert (found["district"].number, found["district"].required) == (1, 2)
    assert found["one"].required is None  # streets are asked


def test_an_office_has_several_standards_and_the_official_one_by_itself(browser, place, manager):
    standard(place.district, Ratio(D(18)), measure="community_workers")
    standard(place.one, Ratio(D(30)), measure="community_workers")
    standard(place.district, Ratio(D(1), D(100)), population_kind=PopulationKind.HOUSEHOLDS)
    staff(place.one, 3)
    populate(place.one, 1_000)
    populate(place.one, 400, kind=PopulationKind.HOUSEHOLDS)
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.one)["Target"] == "30"
    page = browser.visit("/staffing/?measure=own-measure")
    shown = row_of(page, place.one)
    assert (shown["Target"], shown["Shortfall"], shown["Population"]) == ("1", "1", "400")
    assert row_of(page, place.one)["Figure"] == "0.75"


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("share", {"target": "50"}, "Choose which grades or credentials the share must hold."),
        ("share", {"target": "101", "grades": ["assistant"]}, "at most 100 per cent"),
        ("per_unit", {"target": "1", "base": "offices"}, "Choose what it is for"),
        ("inverse", {"target": "1", "per": "5", "base": "staff"}, "Choose the staff"),
        ("inverse", {"target": "1", "per": "0", "base": "population"}, "a number above zero"),
        ("band", {"bands": ""}, "Give at least one band."),
        ("band", {"bands": "a lot: 5"}, "Line 1 cannot be read."),
        ("band", {"bands": "0-3000: 5\n3000-2000: 7"}, "ends at 2000, which is not more"),
        ("band", {"bands": "0-3000: 7-5"}, "the most is fewer than the least"),
        (
            "band",
            {"bands": "0-: 5", "measure": "community_workers"},
            "is so many for each so many people",
        ),
        ("ratio", {"target": "1", "per": "9", "settlement": "urban"}, "choose each community"),
    ],
)
def test_what_makes_no_standard_is_refused_beside_its_field(
    browser, place, manager, kind, wrong, sentence
):
    sent = FORM | {"office": place.street.id, "population_kind": "households"} | wrong
    page = browser.sign_in(manager).send(f"/staffing/standards/new?kind={kind}", 422, **sent)
    assert sentence in page.words
    assert db.session.query(Standard).count() == 0


def test_bands_are_typed_as_lines_and_come_back_as_typed(browser, place, manager):
    sent = FORM | {"office": place.street.id, "population_kind": "households"}
    url = "/staffing/standards/new?kind=band"
    browser.sign_in(manager).send(url, **sent, bands="0-3000: 5-7\n\n3000—： 7至9\r\n")
    row = db.session.query(Standard).one()
    assert row.terms == Bands((Band(0, 3_000, D(5), D(7)), Band(3_000, None, D(7), D(9))))
    assert row.measure.startswith("own-")
    page = browser.send(url, 422, **sent | {"source": ""}, bands="0-3000: 5-7")
    assert "0-3000: 5-7" in page.text


def test_the_history_of_a_measure_is_told_apart(browser, place, manager):
    standard(place.street, Ratio(D(20)), measure="community_workers")
    standard(place.street, Ratio(D(1), D(100)))
    page = browser.sign_in(manager).visit("/staffing/standards?measure=own-measure")
    assert len(page.all("article")) == 1
    assert "1 for each 100: Urban residents" in page.words


def test_a_kind_or_a_measure_that_there_is_not_does_not_exist(browser, place, manager):
    browser.sign_in(manager).visit("/staffing/standards/new?kind=guess", status=404)
    browser.visit("/staffing/?measure=guess", status=404)
    browser.visit(f"/staffing/{place.one.id}?measure=guess", status=404)
