"""A lab run on paper."""
