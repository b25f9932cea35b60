"""Definitions: indicators, the quantities they are made of, and their targets."""
