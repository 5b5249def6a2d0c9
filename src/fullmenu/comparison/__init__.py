"""Two versions of a model, or many: what changed, how sure, what was lost."""
