"""Another process of the same Talent, with a database that has its troubles."""

from __future__ import annotations

from pages import Browser

import config
from talent.app import create_app
from talent.db import db


def beside(settings, address):
    """Another process of the same Talent, which reaches the database by another way."""
    given = config.Testing(settings.TALENT_HOME)
    given.SQLALCHEMY_DATABASE_URI = address
    given.SECOND_FACTOR = settings.SECOND_FACTOR
    there = create_app(given)
    there.test_client_class = Browser
    return there


def let_go(app):
    """No connection is kept, as after a while in which nobody came."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
