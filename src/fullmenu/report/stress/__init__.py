"""What shifted prompts break, on paper."""
