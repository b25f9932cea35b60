"""What training is asked of whom: as data, for an office and all below it."""
