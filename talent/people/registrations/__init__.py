"""Registration as a volunteer of an office: applied for, decided, paused, ended; consents."""
