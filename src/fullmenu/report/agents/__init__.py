"""What the runs of an agent say, on paper."""
