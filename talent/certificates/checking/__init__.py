"""Anybody who holds a certificate checks it: by its number, its code, or the file itself."""
