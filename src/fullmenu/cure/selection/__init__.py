"""Choosing k of n rows that are unlike each other: one criterion a file."""
