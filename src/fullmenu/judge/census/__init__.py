"""Logs of any size: every output is counted, part by part; what takes them all at once is a sample.

Repeat rates within prompts, the numbers of outputs and prompts, and what was read are of the whole
log. All else (across prompts, dishes, signals, phrases, pipe checks) is found on whole prompts, the
first in an order by hash, so that it is the same however the log is cut.
"""
