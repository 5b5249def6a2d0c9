"""Lottery tickets: sparse parts of a network that train as well as the whole, from their start."""
