"""What was forgotten: lists that nobody closed, records and requests that nobody answered."""
