"""Talent: a community office keeps its volunteers and social workers."""
