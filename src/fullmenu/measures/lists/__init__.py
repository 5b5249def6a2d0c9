"""Measures of ranked lists: what each user was recommended, or each prompt was answered."""
