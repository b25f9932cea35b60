"""Codes of shifts that change, and codes of people."""
