"""Experiments with a known answer: they make a collapse happen, and show that it is seen."""
