"""What benchmarks/house.py counts: lines, names, types, imports and the way of a log."""
