"""The proof of the audit trail: acts are linked into a chain, and the chain is checked."""
