"""The certificate of service records: issue, verify, supersede, revoke."""
