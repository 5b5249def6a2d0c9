"""``fullmenu serve``: outputs come in through doors, are stored and watched, and shown on pages."""
