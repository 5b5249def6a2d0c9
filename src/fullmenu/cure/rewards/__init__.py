"""Rewards for variety, one a file: arrays in, numbers out, in the shape of a TRL reward function.

``fast_words`` reads texts into unit rows; ``call`` is one call of a trainer, grouped by prompt;
``reward`` is what they all are.
"""
