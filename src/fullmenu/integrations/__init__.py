"""One third party a file, named by it; what it needs is imported when it is used."""
