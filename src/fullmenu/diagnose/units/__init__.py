"""Polysemanticity: how many unrelated concepts the units of a network answer to."""
