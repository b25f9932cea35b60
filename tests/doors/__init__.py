"""Doors: one world for the tests of this folder, taken down when it is left."""
