"""The board: what is planned by day, week and month, who is on it, and what is short."""
