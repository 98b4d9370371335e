"""Importing files of cases: clean ones, dirty ones, and those made to do harm."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine, true

from actions.rules import RuleBook
from assistant.cases.columns import Columns
from assistant.cases.exporting import export_cases
from assistant.cases.importing import ImportResult, import_cases
from assistant.cases.sources import FileSource
from assistant.cases.synthetic import synthetic_caseload
from assistant.cases.tables import FileUnreadable
from assistant.settings import PROJECT_ROOT
from assistant.storage.case_intake import CaseIntake
from assistant.storage.cases import CaseRepository, StoredCase
from assistant.storage.database import connect, migrate

DAY = date(2026, 1, 31)
BOOK = RuleBook.load()
COLUMNS = Columns.of(BOOK)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    migrate(url)
    return connect(url)


def take(engine: Engine, path: Path, **options: Any) -> ImportResult:
    return import_cases(FileSource(path, COLUMNS), engine, BOOK, by="pat", on=DAY, **options)


def written(tmp_path: Path, content: str | bytes, name: str = "cases.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(tmp_path: Path, *rows: list[Any], merged: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    path = tmp_path / "cases.xlsx"
    book.save(path)
    return path


def stored(engine: Engine) -> dict[str, dict[str, Any]]:
    return {case.prison_number: dict(case.facts) for case in CaseRepository(engine).cases(true())}


def problems(result: ImportResult) -> list[tuple[int, str]]:
    return [(item.row, item.column) for item in result.problems]


def test_headings_and_values_are_read_as_people_write_them(engine: Engine, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "NOMIS No.,CRD,Sentence Date (dd/mm/yyyy),RoSH,Type of sentence,Recall,MAPPA,Care leaver,TED,Offender manager\n"
        "a1234bc , 15/03/2027,3 Jan 2025,VH,Standard determinate,not recalled,Level 2,N,none,Pat@Example.org\n"
        "A 1235 BC,,1st February 2020,Very high,EDS,no,none,yes,,\n",
    )
    done = take(engine, path)
    assert (done.added, done.problems, done.unused_columns) == (2, [], [])
    assert stored(engine) == {
        "A1234BC": {
            "conditional_release_date": "2027-03-15",
            "sentence_date": "2025-01-03",
            "rosh": "very_high",
            "sentence_type": "determinate",
            "recall_type": "none",
            "mappa_level": 2,
            "care_experienced": False,
            "tariff_expiry_date": None,
        },
        "A1235BC": {
            "sentence_date": "2020-02-01",
            "rosh": "very_high",
            "sentence_type": "determinate_parole",
            "recall_type": "none",
            "mappa_level": "none",
            "care_experienced": True,
        },
    }


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfprison_number,name,sentence_date\nA1234BC,Zo\xc3\xab,2025-01-03\n",
        "prison_number;name;sentence_date\r\nA1234BC;Zoë;03/01/2025\r\n".encode("cp1252"),
        "prison_number\tname\tsentence_date\nA1234BC\tZoë\t3.1.2025\n".encode("utf-16"),
        "sep=;\nprison_number;name;sentence_date\nA1234BC;Zoë;03-01-2025\n".encode(),
        "Caseload of HMP Example, printed today\n\n\nPrison number,Prisoner name,Date of sentence\n"
        "\nA1234BC  ,  Zoë ,3 January 2025\n,,\n   \n".encode(),
        b'prison_number,name,sentence_date\n"A1234BC","Zo\xc3\xab","3/1/2025"\n',
    ],
    ids=[
        "byte order mark",
        "semicolons, Windows-1252",
        "tabs, UTF-16",
        "sep line",
        "title and blanks",
        "quotes",
    ],
)
def test_a_file_is_read_whatever_program_wrote_it(engine: Engine, tmp_path: Path, content: bytes) -> None:
    done = take(engine, written(tmp_path, content))
    assert (done.added, done.problems) == (1, [])
    case = CaseRepository(engine).find("A1234BC", true())
    assert (case.name, dict(case.facts)) == ("Zoë", {"sentence_date": "2025-01-03"})


def test_every_bad_cell_is_named_by_row_and_column_with_what_is_allowed(
    engine: Engine, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        "prison_number,CRD,sentence_date,rosh,care_experienced,rsr_score,tariff_expiry_date,sentence_type\n"
        "A0001AA,2027-03-15,2025-01-03,high,yes,12.5,,determinate\n"
        "1234,03/15/2027,31/02/2025,severe,perhaps,a lot,15/3/27,determinate\n"
        "A0002AA,2024-01-01,2025-01-03,,,,,determinate\n"
        "A0003AA,,2025-01-03,,,,2030-01-01,determinate\n"
        ",2027-03-15,,,,,,\n",
    )
    done = take(engine, path)
    assert not done.taken
    assert stored(engine) == {}
    assert problems(done) == [
        (3, "prison_number"),
        (3, "CRD"),
        (3, "sentence_date"),
        (3, "rosh"),
        (3, "care_experienced"),
        (3, "rsr_score"),
        (3, "tariff_expiry_date"),
        (4, "CRD"),
        (5, "tariff_expiry_date"),
        (6, "prison_number"),
    ]
    assert all(item.problem and (item.allowed or item.column == "prison_number") for item in done.problems)
    assert "low, medium, high, very_high" in done.problems[3].allowed
    assert "before the sentence date" in done.problems[7].problem


def test_good_rows_are_taken_and_bad_ones_left_out_when_that_is_asked(engine: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, "prison_number,rosh\nA0001AA,high\nA0002AA,severe\nA0003AA,low\n")
    done = take(engine, path, skip_bad=True)
    assert (done.taken, done.added, done.bad_rows, problems(done)) == (True, 2, 1, [(3, "rosh")])
    assert set(stored(engine)) == {"A0001AA", "A0003AA"}


def test_importing_a_file_twice_changes_nothing_the_second_time(engine: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, "prison_number,rosh,pom\nA0001AA,high,pat@example.org\nA0002AA,,\n")
    first, second = take(engine, path), take(engine, path)
    assert (first.added, second.added, second.changed, second.unchanged) == (2, 0, 0, 2)


def test_facts_must_go_together_with_those_known_already(engine: Engine, tmp_path: Path) -> None:
    take(engine, written(tmp_path, "prison_number,sentence_date,rosh\nA0001AA,2025-01-03,low\n"))
    later = written(tmp_path, "prison_number,CRD,rosh\nA0001AA,2024-01-01,high\nA0002AA,,low\n", "later.csv")
    done = take(engine, later)
    assert (done.taken, problems(done)) == (False, [(2, "conditional_release_date")])
    assert stored(engine) == {"A0001AA": {"sentence_date": "2025-01-03", "rosh": "low"}}
    assert take(engine, later, skip_bad=True).added == 1


def test_one_prison_number_in_two_rows_is_taken_once_or_not_at_all(engine: Engine, tmp_path: Path) -> None:
    same = written(tmp_path, "prison_number,rosh\nA0001AA,high\na0001aa,High\n", "same.csv")
    assert (take(engine, same).added, take(engine, same).repeated_rows) == (1, 1)
    differing = written(tmp_path, "prison_number,rosh\nA0002AA,high\nA0002AA,low\nA0003AA,low\n")
    done = take(engine, differing, skip_bad=True)
    assert (problems(done), done.bad_rows) == ([(3, "prison_number")], 2)
    assert set(stored(engine)) == {"A0001AA", "A0003AA"}


def test_a_slip_in_a_heading_is_not_passed_over(engine: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, "prison_number,Conditonal release date,Cell location\nA0001AA,1/1/2027,B2\n")
    done = take(engine, path)
    assert not done.taken
    assert done.misspelt_columns == {"Conditonal release date": "conditional_release_date"}
    assert done.unused_columns == ["Cell location"]


def test_two_columns_for_one_fact_must_agree(engine: Engine, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "prison_number,CRD,Conditional release date\nA0001AA,1/1/2027,1/1/2027\nA0002AA,1/1/2027,2/1/2027\n",
    )
    assert problems(take(engine, path)) == [(3, "Conditional release date")]


def test_a_workbook_is_read_with_its_dates_and_merged_headings(engine: Engine, tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["Offender management unit caseload"],
        ["Prison number", "Dates", None, "Risk", None, "Notes"],
        [None, "Sentence date", "CRD", "RoSH", "MAPPA level", None],
        ["A0001AA", date(2025, 1, 3), datetime(2027, 3, 15), "high", 2, "x"],
        [None, None, None, None, None, None],
        ["A0002AA", "3/1/2025", None, None, "none", None],
        merged=("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"),
    )
    done = take(engine, path)
    assert (done.problems, done.unused_columns) == ([], ["Notes"])
    assert stored(engine) == {
        "A0001AA": {
            "sentence_date": "2025-01-03",
            "conditional_release_date": "2027-03-15",
            "rosh": "high",
            "mappa_level": 2,
        },
        "A0002AA": {"sentence_date": "2025-01-03", "mappa_level": "none"},
    }


def test_a_formula_is_refused_and_never_worked_out(engine: Engine, tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["prison_number", "CRD", "tier"],
        ["A0001AA", "=DATE(2027,3,15)", "A"],
        ["A0002AA", 46000, "A"],
    )
    done = take(engine, path)
    assert problems(done) == [(2, "CRD"), (3, "CRD")]
    assert "formula" in done.problems[0].problem
    assert "a number, not a date" in done.problems[1].problem


def _archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


def _with_entities(tmp_path: Path) -> bytes:
    """A real workbook whose sheet defines entities that multiply when they are read."""
    path = workbook(tmp_path, ["prison_number"], ["A0001AA"])
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    file = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(file, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename.endswith("sheet1.xml"):
                content = (
                    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">'
                    + bomb.encode()
                    + b"]>"
                    + content.split(b"?>", 1)[-1].replace(b"A0001AA", b"&e8;")
                )
            target.writestr(item, content)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["swollen", "many parts", "entities", "not a workbook", "cut off", "text"])
def test_a_harmful_or_broken_workbook_is_refused_with_a_reason(
    engine: Engine, tmp_path: Path, kind: str
) -> None:
    content = {
        "swollen": lambda: _archive(xl__worksheets__sheet1=b"0" * 60_000_000),
        "many parts": lambda: _archive(**{f"p{number}": b"x" for number in range(3000)}),
        "entities": lambda: _with_entities(tmp_path),
        "not a workbook": lambda: _archive(readme=b"<x/>"),
        "cut off": lambda: workbook(tmp_path, ["prison_number"], ["A0001AA"]).read_bytes()[:2000],
        "text": lambda: b"prison_number\nA0001AA\n",
    }[kind]()
    with pytest.raises(FileUnreadable):
        take(engine, written(tmp_path, content, "bad.xlsx"))
    assert stored(engine) == {}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"name,CRD\nx,1/1/2027\n", "prison_number"),
        ("a.csv", b"prison_number,CRD\n", "no row"),
        ("a.csv", b"PK\x03\x04prison_number", "workbook"),
        ("a.csv", b"prison_number\x00\nA0001AA", "not a text file"),
        ("a.txt", b"prison_number\nA0001AA", ".csv"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b'{"prison_number": "A0001AA"}', "list of cases"),
        ("a.json", b'["A0001AA"]', "not an object"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.csv", b"prison_number" + b",x" * 400 + b"\nA0001AA\n", "columns"),
    ],
)
def test_a_file_that_is_no_caseload_is_refused_with_the_reason(
    engine: Engine, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        take(engine, written(tmp_path, content, name))


def test_json_tells_absent_from_unknown(engine: Engine, tmp_path: Path) -> None:
    given = [
        {
            "prison_number": "A0001AA",
            "facts": {"tariff_expiry_date": None, "hdc_case": True, "mappa_level": 2},
        },
        {"prison_number": "A0002AA", "sentence_date": "2025-01-03", "name": None},
        {"prison_number": "A0003AA", "facts": {"tier": ["A"]}},
    ]
    done = take(engine, written(tmp_path, json.dumps(given), "a.json"), skip_bad=True)
    assert problems(done) == [(3, "tier")]
    assert stored(engine) == {
        "A0001AA": {"tariff_expiry_date": None, "hdc_case": True, "mappa_level": 2},
        "A0002AA": {"sentence_date": "2025-01-03"},
    }


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_what_is_exported_comes_back_the_same(engine: Engine, tmp_path: Path, suffix: str) -> None:
    given = synthetic_caseload(200, 3, DAY)
    CaseIntake(engine).take(given, source="s", by="pat", on=DAY)
    cases = CaseRepository(engine).cases(true())
    path = written(tmp_path, export_cases(cases, COLUMNS, suffix), f"out{suffix}")
    other = f"sqlite:///{tmp_path / 'other.db'}"
    migrate(other)
    done = take(connect(other), path)
    assert (done.added, done.problems) == (200, [])

    def told(case: StoredCase) -> tuple[Any, ...]:
        return case.prison_number, case.name, case.pom, case.synthetic, dict(case.facts)

    assert [told(case) for case in CaseRepository(connect(other)).cases(true())] == [
        told(case) for case in cases
    ]
    assert take(engine, path).unchanged == 200


def test_an_exported_name_is_never_a_formula(engine: Engine, tmp_path: Path) -> None:
    names = ['=HYPERLINK("http://example.org")', "+1", "-2", "@x", "O'Neil", "'quoted"]
    given = [{"prison_number": f"A000{n}AA", "name": name} for n, name in enumerate(names)]
    take(engine, written(tmp_path, json.dumps(given), "a.json"))
    cases = CaseRepository(engine).cases(true())
    text = export_cases(cases, COLUMNS, ".csv").decode("utf-8-sig")
    assert "\"'=HYPERLINK" in text
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for line in text.splitlines() for cell in line.split(",")
    )
    sheet = load_workbook(io.BytesIO(export_cases(cases, COLUMNS, ".xlsx"))).active
    assert sheet is not None
    assert sheet["B2"].data_type == "s"
    take(engine, written(tmp_path, text, "back.csv"))
    assert [case.name for case in CaseRepository(engine).cases(true())] == names


def test_a_made_up_caseload_is_marked_and_fits_together(engine: Engine) -> None:
    made = synthetic_caseload(500, 1, DAY)
    assert made == synthetic_caseload(500, 1, DAY)
    assert len({case.prison_number for case in made}) == 500
    assert all(case.synthetic and case.name and "Synthetic" in case.name for case in made)
    for case in made:
        BOOK.assess(case.facts, DAY)  # raises for facts that do not go together
    kinds = {case.facts.get("sentence_type") for case in made}
    assert kinds == {"determinate", "determinate_parole", "life", "ipp", None}
    assert any(case.facts.get("recall_type") not in (None, "none") for case in made)


def test_the_cases_that_ship_are_made_up_and_can_be_used(engine: Engine) -> None:
    done = take(engine, PROJECT_ROOT / "data" / "cases" / "example_cases.csv")
    assert (done.added, done.problems, done.unused_columns) == (25, [], [])
    cases = CaseRepository(engine).cases(true())
    assert all(case.synthetic for case in cases)
    assert [case.prison_number for case in cases] == [f"A{number:04}AA" for number in range(1, 26)]
    for case in cases:
        BOOK.assess(case.facts, DAY)


def test_ten_thousand_rows_are_taken_over(engine: Engine, tmp_path: Path) -> None:
    made = synthetic_caseload(9_999, 5, DAY)
    CaseIntake(engine).take(made, source="s", by="pat", on=DAY)
    path = written(tmp_path, export_cases(CaseRepository(engine).cases(true()), COLUMNS, ".csv"))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    migrate(other)
    seen: list[tuple[str, int]] = []
    done = take(connect(other), path, report=lambda doing, at, steps: seen.append((doing, at)))
    assert (done.added, done.problems) == (9_999, [])
    assert {doing for doing, _ in seen} == {"Checking", "Taking over"}
    assert seen[-1] == ("Taking over", 9_999)


@pytest.mark.parametrize("wait", [0.0, 0.15, 0.4])
def test_an_import_that_is_killed_leaves_all_or_nothing(tmp_path: Path, wait: float) -> None:
    made = synthetic_caseload(3_000, 2, DAY)
    given = [{"prison_number": case.prison_number, "facts": dict(case.facts)} for case in made]
    path = written(tmp_path, json.dumps(given), "cases.json")
    environment = os.environ | {"POM_ASSISTANT_DATA_DIRECTORY": str(tmp_path)}
    command = [sys.executable, "-m", "assistant.cli", "cases", "import", str(path)]
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        database = tmp_path / "pom-assistant.db-wal"
        while process.poll() is None and not (database.exists() and database.stat().st_size > 400_000):
            time.sleep(0.01)  # until it has begun to write
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
    found = CaseRepository(connect(f"sqlite:///{tmp_path / 'pom-assistant.db'}")).count(true())
    assert found in (0, 3_000)
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert CaseRepository(connect(f"sqlite:///{tmp_path / 'pom-assistant.db'}")).count(true()) == 3_000
