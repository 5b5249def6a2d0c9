"""One third party a file, named as its extra; imported by nobody, loaded by name."""
