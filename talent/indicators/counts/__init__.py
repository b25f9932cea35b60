"""What each worker did in a month, as an office writes it down."""
