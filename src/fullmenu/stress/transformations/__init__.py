"""The transformations, one a file; each file's ``SHIFT`` is one."""
