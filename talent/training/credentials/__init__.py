"""Credentials: entered by one person, verified by another."""
