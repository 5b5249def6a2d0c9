"""What cures bring and cost, on paper."""
