"""What the pages of indicators need: stated figures, targets, counted cases, people served."""

from datetime import timedelta
from decimal import Decimal

import scene

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.indicators.alongside import service as alongside
from talent.indicators.alongside.service import NewServed
from talent.indicators.ceilings import service as ceilings
from talent.indicators.ceilings.service import NewCeiling
from talent.indicators.counts import service as counts
from talent.indicators.definitions import service as definitions
from talent.indicators.definitions.service import NewTarget
from talent.indicators.models import Indicator, StatedFigure
from talent.indicators.stated import service as stated
from talent.indicators.stated.service import Sheet
from talent.rules.sources import Sure


def fill(place):
    """What an address needs, by its name."""
    now, today = clock.now(), scene.today()
    with writing():
        definitions.seed_indicators(now)
        ceilings.seed_work()
        for back in (300, 30):
            told = {
                each.id: Decimal(1) if each.measure.value == "yes_no" else Decimal(800)
                for each in stated.asked_of(SYSTEM, place.office)
            }
            sheet = Sheet(today - timedelta(days=back), "社区年报", told)
            stated.state(place.office, sheet, actor=SYSTEM, now=now, today=today)
        area = db.session.query(Indicator).filter_by(code="area_per_100_households").one()
        level = NewTarget(Decimal(43), today, None, "省规划", Sure.OFFICIAL)
        target = definitions.set_target(area, place.office, level, actor=SYSTEM, now=now)
        cases = next(each for each in ceilings.kinds(SYSTEM) if each.code == "cases")
        few = NewCeiling(Decimal(12), None, None, today.replace(day=1), None, "区里", Sure.OWN)
        ceiling = ceilings.set_ceiling(cases, place.office, few, actor=SYSTEM, now=now)
        grid = counts.grid(SYSTEM, place.office, today.replace(day=1), chosen=[cases.id])
        numbers = {(person.id, cases.id): 9 + 8 * n for n, person in enumerate(grid.people)}
        counts.enter(grid, numbers, actor=SYSTEM, now=now, today=today)
        served = NewServed(60, 20, 8, today - timedelta(days=60), "用餐名单")
        alongside.state(place.project, served, actor=SYSTEM, now=now)
    figures = db.session.query(StatedFigure).filter_by(office_id=place.office.id)
    return {
        "indicator_id": area.id,
        "figure_id": figures.order_by(StatedFigure.id).first().id,
        "target_id": target.id,
        "indicators.new_ceiling kind_id": cases.id,
        "ceiling_id": ceiling.id,
    }
