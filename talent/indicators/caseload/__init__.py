"""Workload: how many cases each worker has, and who has more than the ceiling."""
