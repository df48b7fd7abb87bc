"""Measurements: against stock Rasa (`python -m benchmarks`), and on public data sets. For developers only."""
