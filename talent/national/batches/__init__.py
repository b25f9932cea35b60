"""Files for the designated system: chosen, looked at, made, and taken away."""
