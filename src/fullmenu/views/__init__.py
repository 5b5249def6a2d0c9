"""Ways to look at an output: unit feature rows, fixed before they look."""
