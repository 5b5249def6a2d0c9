"""The experiments, one a file; each has an ``EXPERIMENT``."""
