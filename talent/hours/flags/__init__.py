"""Flags: what was noticed about a record, until somebody says what it was."""
