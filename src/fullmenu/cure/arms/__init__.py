"""Ways of asking that may bring variety back: one a file."""
