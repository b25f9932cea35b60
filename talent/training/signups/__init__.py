"""Signing up for a session, by oneself or by the office."""
