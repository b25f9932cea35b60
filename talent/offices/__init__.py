"""The tree of organisations: each can record and certify; rules and categories hang on it."""
