"""The proof that the database holds what is promised: one check for each promise, all read-only."""
