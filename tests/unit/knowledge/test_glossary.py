"""What a question asks the meaning of."""

from knowledge.glossary import Glossary


def test_a_term_asked_about_in_passing_words_is_a_question_of_its_meaning() -> None:
    for question in ("tell me about key work", "key work", "tell me a bit about key workers"):
        asked = Glossary().asked(question)
        assert asked is not None, question
        assert asked[1] is not None, question


def test_a_subject_that_is_no_term_is_not_taken_for_one() -> None:
    assert Glossary().asked("tell me about the weather") is None
