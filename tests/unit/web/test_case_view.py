"""The facts in play, each with the message that changes it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.rules import RuleBook
from assistant.web.case_view import fact_rows


@pytest.mark.parametrize(
    ("name", "value", "shown", "draft"),
    [
        ("tier", "B", "tier B", "No, the tier is "),
        ("conditional_release_date", "2027-03-15", "15 March 2027", "No, the conditional release date is "),
        ("care_experienced", True, "Yes", "Correction: not care experienced"),
        ("in_open_conditions", False, "No", "Correction: in open conditions"),
        ("sentence_date", None, "None", "No, the sentence date is "),
    ],
)
def test_a_fact_is_shown_in_words_with_the_message_that_changes_it(
    name: str, value: Any, shown: str, draft: str
) -> None:
    (row,) = fact_rows(RuleBook.load(), {name: value})
    assert (row.value, row.draft) == (shown, draft)
