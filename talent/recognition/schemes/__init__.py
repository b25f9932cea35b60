"""Star schemes of an office: from a template or typed, from a day on, until a day."""
