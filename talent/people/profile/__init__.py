"""What a person may add: languages, areas, a contact for emergencies, the main office."""
