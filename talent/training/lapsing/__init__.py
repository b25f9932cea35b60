"""What lapses soon, and telling its holders."""
