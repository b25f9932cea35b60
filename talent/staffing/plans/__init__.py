"""Plans of staffing: posts that are to be filled, and what became of each."""
