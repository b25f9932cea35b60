"""Needs: the places of each position on a shift, with what is asked for."""
