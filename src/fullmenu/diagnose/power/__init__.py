"""Instrumental convergence: option preference, measured by POWER."""
