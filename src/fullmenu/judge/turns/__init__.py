"""Turns of phrase: which a model overuses, against another log and against people."""
