"""Turns of phrase on paper."""
