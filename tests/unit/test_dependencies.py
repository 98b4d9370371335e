"""Dependencies between the rooms of the project point one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import PROJECT_ROOT

ROOMS = ("assistant", "actions", "knowledge")

FORBIDDEN = {
    "actions/rules": ("assistant", "knowledge", "actions"),
    "knowledge": (
        "actions",
        "assistant.channels",
        "assistant.engine",
        "assistant.application",
        "assistant.cli",
    ),
    "actions": (
        "assistant.channels",
        "assistant.engine",
        "assistant.nlu",
        "assistant.application",
        "assistant.cli",
    ),
    "assistant/storage": ("actions", "knowledge", "assistant.channels", "assistant.engine"),
    "assistant/access": ("actions", "knowledge", "assistant.channels", "assistant.engine"),
    "assistant/cases": (
        "actions",
        "knowledge",
        "assistant.channels",
        "assistant.engine",
        "assistant.nlu",
        "assistant.web",
        "assistant.application",
        "assistant.cli",
    ),
    "assistant/engine": ("assistant.channels", "assistant.application", "assistant.cli"),
    "assistant/settings.py": ("actions", "knowledge", "assistant"),
}
ALLOWED = {"actions/rules": ("actions.rules",), "assistant/cases": ("actions.rules",)}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_nothing_of_the_rooms_above_it(room: str) -> None:
    start = PROJECT_ROOT / room
    files = [start] if start.is_file() else sorted(start.rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(PROJECT_ROOT)} imports {module}"
        for path in files
        for module in _imports(path)
        if any(_within(module, package) for package in FORBIDDEN[room])
        and not any(_within(module, package) for package in ALLOWED.get(room, ()))
    ]
    assert wrong == []


def test_every_package_holds_code() -> None:
    for room in ROOMS:
        for package in (PROJECT_ROOT / room).rglob("__init__.py"):
            others = [
                path for path in package.parent.iterdir() if path.name not in ("__init__.py", "__pycache__")
            ]
            assert others, f"{package.parent} is an empty package"
