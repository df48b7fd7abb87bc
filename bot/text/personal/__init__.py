"""Finders of personal data, one module for each part of life."""
