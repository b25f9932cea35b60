"""The queue of an office: taking an application, referring it, inviting to an interview."""
