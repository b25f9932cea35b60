"""The keys with which offices sign: made, kept sealed, replaced, withdrawn, shown to everybody."""
