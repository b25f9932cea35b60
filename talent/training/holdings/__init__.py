"""What one person has learned and holds, on one page."""
