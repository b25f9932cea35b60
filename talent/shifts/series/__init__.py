"""Series of shifts: one rule, one shift for each of its days (系列)."""
