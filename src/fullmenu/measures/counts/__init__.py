"""Measures of mode counts."""
