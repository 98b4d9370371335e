"""Write the table of who may do what into docs/sign-in.md, from assistant/access/policy.yaml."""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.access.person import Role
from assistant.access.policy import TABLE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "sign-in.md"
START, END = "<!-- policy -->\n", "<!-- end of policy -->"
HEADINGS = ("Action", "What it means", "POM", "Head of delivery", "Administrator", "Read only")
SHOWN = {"all": "yes", "allocated": "allocated", None: "no"}


def table() -> str:
    """The table as Markdown."""
    rows = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["actions"]
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    lines += [
        (f"`{action}`", row["means"], *(SHOWN[row.get(role.value)] for role in Role))
        for action, row in rows.items()
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written(page: str) -> str:
    """The page with the table as it is now."""
    before, rest = page.split(START)
    return f"{before}{START}{table()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
