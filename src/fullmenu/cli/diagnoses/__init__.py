"""The diagnoses as commands, one a file; ``fullmenu diagnose NAME``."""
