"""The commands `assistant cases ...`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.case_commands import is_protected
from assistant.cli import app
from assistant.settings import current_settings


@pytest.fixture(autouse=True)
def data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("POM_ASSISTANT_DATA_DIRECTORY", str(tmp_path))
    current_settings.cache_clear()
    yield tmp_path
    current_settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cases", *arguments])


def test_a_file_is_imported_twice_and_exported(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("prison_number,rosh\nA0001AA,high\nA0002AA,\n")
    first = run("import", str(file))
    assert (first.exit_code, first.stdout) == (0, "2 added, 0 changed, 0 unchanged\n")
    assert run("import", str(file)).stdout == "0 added, 0 changed, 2 unchanged\n"
    out = tmp_path / "out.csv"
    assert run("export", str(out)).exit_code == 0
    assert out.read_bytes().decode("utf-8-sig").splitlines() == [
        "prison_number,rosh",
        "A0001AA,high",
        "A0002AA,",
    ]
    assert out.stat().st_mode & 0o077 == 0


def test_bad_rows_end_with_2_and_their_reasons_or_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("prison_number,rosh\nA0001AA,severe\nA0002AA,low\n")
    strict = run("import", str(file))
    assert strict.exit_code == 2
    assert "row 2, rosh: 'severe' is not an allowed value" in strict.stderr
    assert "Nothing was imported" in strict.stderr
    told = json.loads(run("import", str(file), "--skip-bad", "--json").stdout)
    assert (told["added"], told["bad_rows"], told["problems"][0]["row"]) == (1, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("import", "nowhere.csv"), "there is no file"),
        (("export", "cases.pdf"), "must end in one of"),
        (("sync",), "POM_ASSISTANT_CASE_SOURCE_URL"),
        (("generate", "2", "--as-of", "soon"), "is not a date"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(arguments: tuple[str, ...], reason: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert reason in done.stderr


def test_a_made_up_caseload_is_stored_once() -> None:
    assert run("generate", "30", "--seed", "9").stdout == "30 added, 0 changed, 0 unchanged\n"
    again = json.loads(run("generate", "30", "--seed", "9", "--json").stdout)
    assert again == {"added": 0, "changed": 0, "unchanged": 30}


@pytest.mark.parametrize(
    ("address", "protected"),
    [
        ("https://search.example.org/x", True),
        ("http://127.0.0.1:9000/x", True),
        ("http://search.example.org/x", False),
        ("ftp://search.example.org", False),
        ("search.example.org", False),
    ],
)
def test_a_secret_is_sent_only_where_nobody_can_read_it_on_the_way(address: str, protected: bool) -> None:
    assert is_protected(address) is protected
