"""What may reach the dialogue engine."""

import pytest

from assistant.engine.incoming import readable, refuse_unreadable


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  who is   responsible?\n", "who is responsible?"),
        ("/restart", "restart"),
        ("//session_start", "session_start"),
        (" / what is due", "what is due"),
        ("what\u200b is\u202e a PIPE", "what is a PIPE"),
        ("a\x00b\x07c", "a b c"),
        ("", ""),
        (" \u200b\ufeff\t", ""),
    ],
)
def test_a_message_is_read_without_commands_and_invisible_characters(typed: str, read: str) -> None:
    assert readable(typed) == read


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "/", "//"])
def test_a_message_without_words_is_answered_with_a_clarification(typed: str) -> None:
    reply = refuse_unreadable(typed, limit=100)
    assert reply is not None
    assert reply.kind == "clarification"
    assert reply.suggestions


@pytest.mark.parametrize("typed", ["/restart", "/session_start", " //greet", "/ help"])
def test_a_command_changes_nothing_and_is_answered_in_words(typed: str) -> None:
    reply = refuse_unreadable(typed, limit=100)
    assert reply is not None
    assert reply.kind == "clarification"
    assert "slash" in reply.text


def test_a_question_after_a_slash_is_taken() -> None:
    assert refuse_unreadable("/ what is due for him?", limit=100) is None


def test_a_message_that_is_too_long_names_both_lengths() -> None:
    reply = refuse_unreadable("x" * 10_000, limit=4_000)
    assert reply is not None
    assert "10,000" in reply.text
    assert "4,000" in reply.text


def test_an_ordinary_message_is_taken() -> None:
    assert refuse_unreadable("what is due for him?", limit=4_000) is None
