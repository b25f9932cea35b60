"""Looking for a shift: the coming ones as lines, by day."""
