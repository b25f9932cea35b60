"""What was changed of a person: by whom, when, from what to what."""
