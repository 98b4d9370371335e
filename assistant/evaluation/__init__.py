"""Measures how well the conversation understands people, on labelled messages and dialogues."""
