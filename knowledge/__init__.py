"""Guidance in, cited passages out: readers, passages, index, search and answers."""
