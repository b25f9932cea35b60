"""Places that are handed on, as their readers see them."""
