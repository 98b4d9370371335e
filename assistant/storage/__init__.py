"""Conversations in a SQL database: models, repositories and migrations."""
