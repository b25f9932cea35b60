"""“This may be you”: an account claims a person who is on record already."""
