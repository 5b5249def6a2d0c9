"""Findings on paper."""
