"""The office evaluates the quality of a service."""
