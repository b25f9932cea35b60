"""The ledger of service records: review, correction, tallies."""
