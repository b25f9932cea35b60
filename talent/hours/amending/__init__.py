"""What a record says beside its time, corrected, and the old words kept."""
