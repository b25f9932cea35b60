"""What a bulk act would do: line by line, with what should be known before."""
