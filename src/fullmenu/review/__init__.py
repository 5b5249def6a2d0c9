"""People judge what a number cannot see."""
