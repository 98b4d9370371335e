"""Stored cases: files and services they come from, the caseload worked out from them, and the team's."""
