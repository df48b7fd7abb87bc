"""Training data, the model made from it, and their checks."""
