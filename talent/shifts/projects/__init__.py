"""Projects and their positions: what is served, by whom, and what it takes."""
