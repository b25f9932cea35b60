"""A person, the identity document, guardians, consents, and registration as a volunteer."""
