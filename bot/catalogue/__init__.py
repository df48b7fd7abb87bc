"""The service catalogue: what the town offers, where it stands, how it is found."""
