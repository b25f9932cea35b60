"""Continuing education of one social worker: needed, done, open, by when, and what closes it."""
