"""The photograph of a person: small, without traces of where it was taken."""
