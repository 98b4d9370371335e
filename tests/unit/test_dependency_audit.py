"""The check of the locked packages against published vulnerabilities."""

from __future__ import annotations

import runpy
from datetime import date
from typing import Any

import pytest

from assistant.settings import PROJECT_ROOT

SCRIPT = runpy.run_path(str(PROJECT_ROOT / "scripts" / "audit_dependencies.py"))
TODAY = date(2026, 1, 31)
REPORT = {
    "dependencies": [
        {"name": "one", "version": "1.0", "vulns": []},
        {
            "name": "two",
            "version": "2.0",
            "vulns": [{"id": "PYSEC-1", "aliases": ["GHSA-1"], "fix_versions": ["2.1"], "description": ""}],
        },
        {"name": "three", "skip_reason": "could not be found"},
    ]
}
ACCEPTED = {"id": "GHSA-1", "package": "two", "reason": "Not reachable.", "until": date(2026, 12, 31)}


def wrong(**changes: Any) -> list[str]:
    found, _ = SCRIPT["findings"](REPORT)
    return [item.package for item in SCRIPT["not_accepted"](found, [ACCEPTED | changes], TODAY)]


def test_an_accepted_finding_passes_under_any_of_its_names_until_its_date() -> None:
    assert wrong() == []
    assert wrong(id="PYSEC-1") == []
    assert wrong(until=date(2026, 1, 30)) == ["two"]
    assert wrong(package="one") == ["two"]
    assert wrong(id="GHSA-2") == ["two"]


def test_an_acceptance_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="GHSA-1 has no reason"):
        wrong(reason=" ")


def test_a_package_that_could_not_be_checked_is_not_taken_for_sound() -> None:
    assert SCRIPT["findings"](REPORT)[1] == ["three"]
