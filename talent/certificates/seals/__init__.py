"""The picture of an office's seal, as its certificates carry it."""
