"""Mappings: how an office's files for the designated system look, version by version."""
