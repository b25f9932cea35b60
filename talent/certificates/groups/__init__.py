"""Certificates for many people at once, and their ZIP."""
