"""The doors of groups: one's own, a new one, who is in it, and the link by which one joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, render_template, url_for
from flask_babel import ngettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.people import service as people
from talent.shifts.groups import service
from talent.shifts.groups.forms import FIELD_OF, GroupForm, MembersForm
from talent.shifts.groups.models import GroupKind
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.groups.models import Group
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def groups() -> Answer:
    """The groups one is in, and those into which one was asked."""
    found = service.listed(actor(), after=request.args.get("after", type=int))
    shown = found[: service.PAGE]
    return render_template(
        "shifts/groups.html",
        groups=[(each, service.membership(actor(), each)) for each in shown],
        may_make=bool(service.offices_for(actor())),
        next_url=url_for("shifts.groups", after=shown[-1].id) if len(found) > service.PAGE else "",
    )


@allow(Permission.SIGNED_IN)
def new_group() -> Answer:
    """Make a group."""
    offices = service.offices_for(actor())
    form = GroupForm(offices=offices)
    if form.validate_on_submit():
        kind = GroupKind.of(form.kind.data) or GroupKind.OTHER
        one = service.make(
            form.office.data, name=form.name.data, kind=kind, actor=actor(), now=clock.now()
        )
        said = gettext("The group is made. Now others can come into it.")
        return done(url_for("shifts.group", group_id=one.id), said)
    return form_page("shifts/group_form.html", form=form, offices=offices)


@allow(Permission.SIGNED_IN)
def group(group_id: int) -> Answer:
    """Who is in the group; for its contact, the ways into it."""
    return _page(service.visible_group(actor(), group_id), MembersForm())


def _page(one: Group, form: MembersForm) -> Answer:
    path = url_for("shifts.join_group", token=one.code)
    return form_page(
        "shifts/group.html",
        form=form,
        group=one,
        leads=service.leads(actor(), one),
        own=service.membership(actor(), one),
        address=f"{current_app.config['PUBLIC_URL']}{path}",
    )


@allow(Permission.SIGNED_IN)
def add_members(group_id: int) -> Answer:
    """Add or ask people by their numbers."""
    one = service.led_group(actor(), group_id)
    form = MembersForm()
    if form.validate_on_submit():
        try:
            count = service.add(one, form.numbers.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = ngettext("%(num)d person added.", "%(num)d people added.", count)
            return done(url_for("shifts.group", group_id=group_id), said)
    return _page(one, form)


@allow(Permission.SIGNED_IN)
def renew_group_link(group_id: int) -> Answer:
    """Another link into the group."""
    one = service.led_group(actor(), group_id)
    service.renew(one, actor=actor(), now=clock.now())
    said = gettext("The link is new. The one before leads nowhere.")
    return done(url_for("shifts.group", group_id=group_id), said)


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def join_group(token: str) -> Answer:
    """What joining means, and the button that agrees to it."""
    one = service.by_code(token)
    if request.method == "POST":
        service.join(one, actor=actor(), now=clock.now())
        return done(url_for("shifts.group", group_id=one.id), gettext("You have joined."))
    own = people.own_person(actor())
    member = service.membership(actor(), one)
    return render_template("shifts/group_join.html", group=one, person=own, own=member)


@allow(Permission.SIGNED_IN)
def agree_to_group(group_id: int) -> Answer:
    """Agree, after having been asked by number."""
    one = service.visible_group(actor(), group_id)
    if service.membership(actor(), one) is None:
        raise NotFound
    service.join(one, actor=actor(), now=clock.now())
    return done(url_for("shifts.group", group_id=group_id), gettext("You have joined."))


@allow(Permission.SIGNED_IN)
def leave_group(group_id: int) -> Answer:
    """Leave the group, or say no."""
    one = service.visible_group(actor(), group_id)
    service.leave(one, actor().person_id or 0, actor=actor(), now=clock.now())
    return done(url_for("shifts.groups"), gettext("You are not in the group any more."))


@allow(Permission.SIGNED_IN)
def remove_member(group_id: int, person_id: int) -> Answer:
    """Take somebody out of the group."""
    one = service.led_group(actor(), group_id)
    service.leave(one, person_id, actor=actor(), now=clock.now())
    return done(url_for("shifts.group", group_id=group_id), gettext("Saved."))
