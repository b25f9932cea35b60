"""The doors of merging: likely duplicates, two files side by side, what was joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.merging import pairs, service, sides, undoing
from talent.merging.forms import (
    JOIN_FIELDS,
    PART_FIELDS,
    ApartForm,
    JoinForm,
    PartForm,
    choice_form,
    wish_of,
)
from talent.merging.pairs import Key
from talent.people import service as people
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.merging.models import Merge
    from talent.people.models import Person
    from talent.web import Answer

bp = Blueprint("merging", __name__, url_prefix="/merging")
MERGE = Permission.MERGE_PEOPLE


@bp.get("/")
@allow(MERGE)
def index() -> Answer:
    """The pairs that look like one person, the likeliest first; or those that were told apart."""
    apart = bool(request.args.get("apart"))
    after = Key.of(request.args.get("after", ""))
    found, last = pairs.listed(actor(), MERGE, apart=apart, after=after)
    return render_template(
        "merging/index.html",
        pairs=found,
        apart=apart,
        alike=pairs.alike,
        how_likely=pairs.how_likely,
        next_url=url_for(".index", after=last.text, apart=1 if apart else None) if last else "",
    )


@bp.get("/joined")
@allow(MERGE)
def joined() -> Answer:
    """What was joined, the latest first."""
    found, before = pairs.merges(actor(), MERGE, before=request.args.get("before", type=int))
    return render_template(
        "merging/joined.html",
        merges=found,
        last_day=undoing.last_day,
        next_url=url_for(".joined", before=before) if before else "",
    )


@bp.get("/people/<int:first>/<int:second>")
@allow(MERGE, shows={Field.AREA, Field.BIRTH, Field.EMERGENCY, Field.MAIL})
def compare(first: int, second: int) -> Answer:
    """Two files side by side; the first one is the one that stays."""
    target, source = _two(first, second)
    seen = sides.compared(target, source)
    accounts = sides.accounts_of(target, source)
    form = choice_form(seen.differing, seen.sides, request.args, accounts=len(accounts) > 1)
    return render_template(
        "merging/compare.html",
        target=target,
        source=source,
        seen=seen,
        form=form,
        pair=pairs.pair_of(first, second),
        alike=pairs.alike,
        how_likely=pairs.how_likely,
        apart=ApartForm(),
    )


@bp.route("/people/<int:first>/<int:second>/joining", methods=["GET", "POST"])
@allow(MERGE, shows={Field.AREA, Field.BIRTH, Field.EMERGENCY, Field.MAIL})
def preview(first: int, second: int) -> Answer:
    """What joining does, and the last question."""
    target, source = _two(first, second)
    wish, now, form = wish_of(request.args), clock.now(), JoinForm()
    if form.validate_on_submit():
        try:
            merge = service.join(
                source,
                target,
                wish,
                why=form.why.data,
                seen=form.seen.data or "",
                papers_seen=form.papers_seen.data,
                actor=actor(),
                now=now,
            )
        except Refused as refusal:
            form.refuse(refusal, JOIN_FIELDS)
        else:
            said = _("The files are one now.")
            return done(url_for(".show", merge_id=merge.id), said)
    return _previewed(target, source, form)


def _previewed(target: Person, source: Person, form: JoinForm) -> Answer:
    wish = wish_of(request.args)
    looked = service.outlook(source, target, wish, actor=actor(), now=clock.now())
    form.seen.data = looked.mark
    form.seen.raw_data = None
    return form_page(
        "merging/preview.html",
        target=target,
        source=source,
        looked=looked,
        then=sides.then(target, source, wish),
        closes=sides.account(looked.drawn.closes),
        last_day=undoing.day_of(clock.now()),
        form=form,
    )


@bp.post("/people/<int:first>/<int:second>/difference")
@allow(MERGE)
def tell_apart(first: int, second: int) -> Answer:
    """These are two people: nobody is asked again."""
    _two(first, second)
    form = ApartForm()
    if not form.validate_on_submit():
        return done(url_for(".compare", first=first, second=second))
    pairs.tell_apart(first, second, why=form.why.data or "", actor=actor(), now=clock.now())
    return done(url_for(".index"), _("Noted: these are two people."))


@bp.post("/pairs/<int:pair_id>/reopening")
@allow(MERGE)
def ask_again(pair_id: int) -> Answer:
    """Put a pair back onto the list."""
    pairs.ask_again(actor(), MERGE, pair_id)
    return done(url_for(".index"), _("The pair is on the list again."))


@bp.get("/joined/<int:merge_id>")
@allow(MERGE, shows={Field.REASONS})
def show(merge_id: int) -> Answer:
    """What was joined, and until when it is undone."""
    return _shown(service.visible_merge(actor(), MERGE, merge_id), PartForm())


@bp.post("/joined/<int:merge_id>/parting")
@allow(MERGE)
def part(merge_id: int) -> Answer:
    """Part the files again."""
    merge = service.visible_merge(actor(), MERGE, merge_id)
    form = PartForm()
    if form.validate_on_submit():
        try:
            undoing.part(merge, why=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, PART_FIELDS)
        else:
            return done(url_for(".show", merge_id=merge.id), _("The files are two again."))
    return _shown(merge, form)


def _shown(merge: Merge, form: PartForm) -> Answer:
    against = undoing.refusals(merge, reason="-", now=clock.now())
    page: dict[str, Any] = {
        "merge": merge,
        "by": sides.names(merge),
        "last_day": undoing.last_day(merge),
        "against": against,
        "changed": [] if against else undoing.changed(merge),
        "form": form,
    }
    return form_page("merging/show.html", **page)


@bp.get("/people/<int:person_id>")
@allow(MERGE)
def person(person_id: int) -> Answer:
    """What is known of other files of a person, and a way to choose one."""
    one = people.visible_person(actor(), MERGE, person_id)
    q = request.args.get("q", "").strip()
    return render_template(
        "merging/person.html",
        person=one,
        pairs=pairs.likely(actor(), MERGE, one.id),
        merges=pairs.joined_into(one.id),
        alike=pairs.alike,
        how_likely=pairs.how_likely,
        last_day=undoing.last_day,
        q=q,
        found=[each for each in people.found(actor(), MERGE, q) if each.id != one.id],
    )


def _two(first: int, second: int) -> tuple[Person, Person]:
    if first == second:
        raise NotFound
    return service.two(actor(), MERGE, first, second)
