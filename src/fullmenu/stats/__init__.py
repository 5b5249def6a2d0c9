"""How sure: intervals, corrections and tests. Pure functions of numbers."""
