"""The time bank: saved hours in a ledger of its own, which never touches the certified ones."""
