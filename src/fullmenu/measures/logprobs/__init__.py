"""Measures of the log-probabilities that a model gave to its own tokens."""
