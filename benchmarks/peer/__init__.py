"""One file a peer: its requirements, the cases, what both sides do, and the table."""
