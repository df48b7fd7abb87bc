"""Stadtlotse: a citizen-service assistant for German municipalities."""

__version__ = "0.1.0"
