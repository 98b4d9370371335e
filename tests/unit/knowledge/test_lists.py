"""Inspection and good practice: complete lists, each entry with its code."""

import re

import pytest

from knowledge.criteria import THEMES, list_findings
from knowledge.guidance import Guidance


def test_every_criterion_is_given_by_its_code(guidance: Guidance) -> None:
    criteria = guidance.criteria()
    assert len({criterion.code for criterion in criteria}) > 60
    for code in sorted({criterion.code for criterion in criteria}):
        answer = guidance.ask(f"criterion {code}", limit=10)
        printed = {criterion.text for criterion in criteria if criterion.code == code}
        assert answer.kind == "criteria", code
        assert any(text in answer.short for text in printed), code
        assert {cited.passage_id for cited in answer.citations} == {
            criterion.passage_id for criterion in criteria if criterion.code == code
        }, code


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_is_listed_with_all_its_codes(guidance: Guidance, theme: str) -> None:
    of_theme = {criterion.code for criterion in guidance.criteria(theme=theme)}
    if len(of_theme) < 2:
        pytest.fail(f"no criteria on {theme}") if not of_theme else None
        return
    answer = guidance.ask(f"what do inspectors look for on {theme}?")
    assert set(re.findall(r"^- (\d\.\d[a-z]) ", answer.short, re.MULTILINE)) == of_theme
    assert "not today's duties" in answer.short


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("what do inspectors look for on MAPPA?", {"1.2c", "2.2b", "2.2c"}),
        ("which inspection criteria cover recall", {"2.2d", "2.2e"}),
        ("give me the criteria on self-harm", {"1.1d"}),
    ],
)
def test_a_subject_that_is_no_theme_is_listed_too(guidance: Guidance, question: str, codes: set[str]) -> None:
    assert all(code in guidance.ask(question).short for code in codes)


def test_what_the_report_found_about_key_workers_is_a_list_by_criterion(guidance: Guidance) -> None:
    answer = guidance.ask("what did the Yorkshire & Humberside report find about key workers?")
    assert answer.kind == "criteria"
    assert {cited.edition for cited in answer.citations} == {"2008-report"}
    listed = [line for line in answer.short.splitlines() if line.startswith("- ")]
    assert len(listed) >= 4
    assert all(re.match(r"- \d\.\d[a-z] .*", line) for line in listed)
    assert all("worker" in line for line in listed)


def test_what_the_report_found_on_victims_is_every_finding_of_that_theme(guidance: Guidance) -> None:
    answer = guidance.ask("what did the 2008 report find on victims?")
    findings = list_findings(guidance.answerer().shelf.snapshot, "Victims", frozenset())
    assert len(findings) >= 4
    assert {cited.passage_id for cited in answer.citations} == {finding.passage_id for finding in findings}


def test_an_exact_question_about_the_report_is_answered_by_one_passage(guidance: Guidance) -> None:
    answer = guidance.ask("how many prisoners in the 2008 survey knew their offender manager")
    assert answer.kind != "criteria"
