"""Patterns: what only several records show together."""
