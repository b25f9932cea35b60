"""Proving that nobody touched the ledger, each night and on demand."""
