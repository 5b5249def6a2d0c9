"""Which models could replace one another, on paper."""
