"""Doors of the server, one a file: each has a ``router``."""
