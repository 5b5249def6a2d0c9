"""Measures of feature rows against a reference: generated ``features``, real ``reference``.

Rows may hold any finite numbers; unit length is not required. Both samples count: the interval of
every measure here allows for the luck of the reference too.
"""
