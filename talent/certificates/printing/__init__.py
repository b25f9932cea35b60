"""What a batch issued, on paper: stored in parts, given as one ZIP or as files for the printer."""
