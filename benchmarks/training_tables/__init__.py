"""The tables of ``training.py``, one a file."""
