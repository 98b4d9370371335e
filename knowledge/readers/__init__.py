"""Readers: a file in, one canonical text with its blocks out. One module a format."""
