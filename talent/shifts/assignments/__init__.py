"""Places that the office gives and takes back."""
