"""Judging logs, one, two or many: look, check the premises, judge, say it."""
