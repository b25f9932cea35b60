"""Counting: how much of a service counts at an office, by its profile of the day."""
