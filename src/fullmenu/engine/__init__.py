"""Where the parts of a large log are worked on: in this process, in several, on a cluster."""
