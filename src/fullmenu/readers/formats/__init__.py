"""The formats, one a file: each module's ``FORMAT`` is a ``Packing`` or a ``Shape``."""
