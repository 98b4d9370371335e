"""Where messages should go, and where replies show that they went."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.evaluation.routes import routes_of_reply, stands_alone


@pytest.mark.parametrize(
    ("reply", "routes"),
    [
        ({"kind": "policy_answer", "answer": {"status": "answered"}}, {"policy"}),
        ({"kind": "assessment"}, {"case"}),
        ({"kind": "question", "asking_for": "tier"}, {"case"}),
        ({"kind": "small_talk"}, {"small_talk"}),
        ({"kind": "refusal", "answer": {"status": "not_permitted"}}, {"refusal"}),
        ({"kind": "refusal", "answer": {"status": "not_in_guidance"}}, {"policy", "refusal"}),
        ({"kind": "clarification"}, {"asked_back"}),
        ({"kind": "error"}, {"failed"}),
    ],
)
def test_the_kind_of_a_reply_shows_where_a_message_went(reply: dict[str, Any], routes: set[str]) -> None:
    assert routes_of_reply(reply) == routes


def test_a_follow_up_cannot_be_judged_by_its_reply_alone() -> None:
    assert not stands_alone("ask_why")
    assert not stands_alone("what_if")
    assert stands_alone("ask_responsibility")
    assert stands_alone("not_permitted")
