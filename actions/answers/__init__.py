"""Replies in words: assessments and passages turned into what a person reads."""
