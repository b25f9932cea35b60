"""How attendance on one shift is taken: its mode and its windows."""
