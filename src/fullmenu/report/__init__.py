"""Paper: the report, and how it looks in a terminal, as JSON and as one HTML file."""
