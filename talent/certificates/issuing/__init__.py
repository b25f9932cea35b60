"""Certificates are issued: by volunteers themselves, and by offices for one or for many."""
