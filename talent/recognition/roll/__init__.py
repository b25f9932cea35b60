"""The honour roll: names of those who agreed to it, and with most of each hidden."""
