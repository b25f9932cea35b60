"""The picture that is kept of a person, and its removal."""
