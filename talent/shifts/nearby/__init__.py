"""Signing in by location, for those who agreed to it, and never as the only way."""
