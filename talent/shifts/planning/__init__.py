"""Shifts of a project: planned, published, changed, called off."""
