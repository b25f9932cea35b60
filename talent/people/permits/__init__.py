"""What a guardian agrees to for a minor, kind by kind."""
