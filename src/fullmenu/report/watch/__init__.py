"""A watch on paper."""
