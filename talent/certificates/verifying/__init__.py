"""Anybody who holds a certificate verifies its number."""
