"""Consents: which a person is asked for, which stand, how one is kept."""
