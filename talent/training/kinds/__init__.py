"""Kinds of credentials, as data that an administrator keeps."""
