"""Check the locked packages against the published vulnerabilities: fails on any that is not accepted with a reason.

    python scripts/audit_dependencies.py [--may-be-unreachable]

Needs the network's vulnerability service. Where that cannot be asked, it says so and ends with 3: that is not a pass.
With `--may-be-unreachable` it says the same and ends with 0, for machines without that service.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / ".ci" / "accepted-vulnerabilities.yaml"
PIP_AUDIT = "pip-audit==2.9.0"  # in an environment of its own: it needs a newer `packaging` than Rasa allows
FOUND, NOT_CHECKED = 1, 3


@dataclass(frozen=True)
class Finding:
    """A known vulnerability of a locked package, under all the names it goes by."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no fix yet"
        return f"{self.package} {self.version}: {', '.join(self.names)} ({fixed})"


def findings(report: Mapping[str, Any]) -> tuple[list[Finding], list[str]]:
    """What a report of pip-audit found, and the packages that it could not check."""
    found, unchecked = [], []
    for package in report["dependencies"]:
        if package.get("skip_reason"):
            unchecked.append(package["name"])
            continue
        found += [
            Finding(
                package["name"],
                package["version"],
                (item["id"], *item["aliases"]),
                tuple(item["fix_versions"]),
            )
            for item in package["vulns"]
        ]
    return found, unchecked


def not_accepted(
    found: Iterable[Finding], accepted: Iterable[Mapping[str, Any]], today: date
) -> list[Finding]:
    """The findings that no entry accepts that still counts. Raises `ValueError` for an entry without a reason."""
    standing = set()
    for item in accepted:
        if not str(item.get("reason") or "").strip():
            raise ValueError(f"{ACCEPTED.name}: {item.get('id')} has no reason")
        if item["until"] >= today:
            standing.add((item["package"], item["id"]))
    return [item for item in found if not standing & {(item.package, name) for name in item.names}]


def audit() -> Mapping[str, Any] | None:
    """The report of pip-audit on the lock; None when the service could not be asked."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    with tempfile.TemporaryDirectory() as folder:
        listed, report = Path(folder) / "requirements.txt", Path(folder) / "report.json"
        subprocess.run(
            [
                uv,
                "export",
                "--frozen",
                "--no-emit-project",
                "--no-hashes",
                "--quiet",
                "--output-file",
                listed,
            ],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        arguments = ["--requirement", listed, "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        ended = subprocess.run(
            [uv, "tool", "run", PIP_AUDIT, *arguments, "--format", "json", "--output", report],
            check=False,
            capture_output=True,
            text=True,
        )
        if not report.is_file() or not report.read_text(encoding="utf-8").strip():
            print(ended.stderr[-1000:], file=sys.stderr)
            return None
        loaded: Mapping[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return loaded


def main() -> int:
    """Print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--may-be-unreachable", action="store_true")
    asked = parser.parse_args()
    report = audit()
    found, unchecked = findings(report) if report else ([], [])
    checked = len(report["dependencies"]) - len(unchecked) if report else 0
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    wrong = not_accepted(found, accepted, date.today())
    for finding in wrong:
        print(f"VULNERABLE: {finding}")
    if wrong:
        return FOUND
    if not checked or unchecked:
        print(
            f"NOT CHECKED: {len(unchecked) or 'all'} packages could not be checked, because the vulnerability service "
            f"cannot be asked from here. {checked} were checked. This is not a pass: run `make audit` where it can."
        )
        return 0 if asked.may_be_unreachable else NOT_CHECKED
    print(f"No known vulnerability in {checked} packages that is not accepted ({len(found)} accepted).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
