"""Many records approved at once, shown before it is done (批量审核)."""
