"""What if: moves, additions, ends, other numbers and merged offices, tried beside what is."""
