"""Runs under load that are too long for every test; `make faults`."""
