"""The app, put together: plumbing, then features, then commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

import config
from talent import (
    addresses,
    assets,
    cli,
    cookies,
    db,
    i18n,
    metrics,
    passwords,
    rendering,
    seal,
    web,
    wellknown,
)
from talent.accounts.views import bp as accounts
from talent.accounts.views import init_app as sign_in
from talent.accounts.views import preferences
from talent.audit import Act
from talent.backup import commands as backups
from talent.calendars.views import bp as calendars
from talent.certificates.views import bp as certificates
from talent.checkin.views import bp as checkin
from talent.directory.views import bp as directory
from talent.guardians.views import bp as guardians
from talent.hours.amending.views import bp as amending
from talent.hours.approvals.views import bp as approvals
from talent.hours.corrections.views import bp as corrections
from talent.hours.counting.views import bp as counting
from talent.hours.proofs.views import bp as proofs
from talent.hours.recording.views import bp as recording
from talent.hours.reminding.views import bp as reminding
from talent.hours.review.views import bp as review
from talent.hours.views import bp as hours
from talent.indicators.views import bp as indicators
from talent.intake.views import bp as intake
from talent.lab.views import bp as lab
from talent.merging.views import bp as merging
from talent.messages.views import bp as messages
from talent.national.views import bp as national
from talent.offices.views import bp as offices
from talent.operation import health
from talent.operation.views import bp as operation
from talent.people.views import bp as people
from talent.privacy.views import bp as privacy
from talent.ratings.views import bp as ratings
from talent.recognition.views import bp as recognition
from talent.renewals.views import bp as renewals
from talent.reports.views import bp as reports
from talent.rosters.views import bp as rosters
from talent.rotation import commands as rotation
from talent.shifts.views import bp as shifts
from talent.staffing.views import bp as staffing
from talent.teams.views import bp as teams
from talent.timebank.views import bp as timebank
from talent.training.views import bp as training

FEATURES = (
    reports, accounts, preferences, offices, people, messages, training, staffing, shifts, hours,
    recording, review, approvals, amending, corrections, reminding, proofs, certificates, calendars,
    rosters, checkin, guardians, privacy, recognition, ratings, timebank, national, counting, lab,
    directory, renewals, indicators, teams, merging, intake, operation,
)  # fmt: skip


def create_app(settings: config.Config | None = None) -> Flask:
    """The WSGI app for these settings, or for those that the environment names."""
    root = Path(__file__).parent.parent
    app = Flask("talent", template_folder=root / "templates", static_folder=root / "static")
    app.jinja_environment = rendering.Environment
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    app.session_interface = cookies.Sessions()
    app.config.from_object(settings or config.chosen())
    for plumbing in (seal, passwords, db, i18n):
        plumbing.init_app(app)
    sign_in(app)
    assets.init_app(app)
    addresses.init_app(app)
    web.init_app(app)
    rendering.init_app(app)
    for blueprint in FEATURES:
        app.register_blueprint(blueprint)
    health.init_app(app)
    wellknown.init_app(app)
    with app.app_context():  # every door is there by now
        metrics.init_app(app, [act.value for act in Act])
        metrics.watch(db.db.engine.pool)
    cli.init_app(app)
    rotation.init_app(app)
    backups.init_app(app)
    return app


def _as_it_is(called: Any) -> Any:
    """No view waits on a loop of its own, and Flask need not look whether one does at each step."""
    return called
