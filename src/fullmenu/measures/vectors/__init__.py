"""Measures of unit feature rows."""
