"""Rows of the scene, by a fixed order."""

from __future__ import annotations

from talent.db import db


def first(model, **given):
    return db.session.query(model).filter_by(**given).order_by(model.id).first()


def last(model, **given):
    return db.session.query(model).filter_by(**given).order_by(model.id.desc()).first()
