"""The pages that a team leaves open, one a file."""
