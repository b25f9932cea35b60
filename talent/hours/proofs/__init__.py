"""What the checks of the ledger found, for those who answer for it."""
