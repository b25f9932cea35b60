"""Substitutes: asked one after the other until the place is filled (替补)."""
