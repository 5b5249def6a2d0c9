"""Unit rows, how alike pairs of them are, repeat rates, and dishes: the one idea, in one place."""
