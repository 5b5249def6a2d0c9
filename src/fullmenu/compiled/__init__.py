"""Loops in C, run as WebAssembly: what the array code does, in one pass over the data each."""
