"""Answers of the designated system: read, looked at, and taken over."""
