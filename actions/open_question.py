"""Why the question that is open is asked, with the rule that needs the fact."""

from __future__ import annotations

from actions import resources
from actions.answers.wording import quoted
from actions.case_assessment import tie_to_passage
from actions.case_conversation import DEFAULT_TOPIC
from actions.conversation.turn import Turn
from actions.reply import Answer, Citation, Reply, suggestions
from actions.texts import entry, text


def explain_question(turn: Turn, undefined: bool = False) -> Reply:
    """What the fact asked for is needed for, then the question again.

    `undefined` adds that the guidance does not define it further. Raises `KeyError` when no question is open.
    """
    asked = turn.state.asking_for or ""
    book = resources.rule_book()
    field = book.field(asked)
    topic = turn.state.topic or DEFAULT_TOPIC
    citations: list[Citation] = []
    criterion = entry("questions.criteria").get(asked)
    if topic == "early_allocation" and criterion:
        outcome = "automatic" if criterion <= "EA-06" else "discretionary"
        reason = text("questions.say.criterion", outcome=outcome)
        source = book.rule(criterion).citation.as_dict()
        tie_to_passage(source, resources.guidance())
        citations = [Citation(**{name: source.get(name) for name in Citation.model_fields})]
    else:
        reason = entry("questions.reasons").get(asked) or text(
            "questions.say.otherwise", topic=text(f"topics.{topic}")
        )
    blocks = [
        reason,
        *(quoted(item.model_dump()) for item in citations),
        text("questions.say.undefined") if undefined else "",
        text("questions.say.if_unknown"),
        text("case.ask", question=field.question),
    ]
    return Reply(
        kind="question",
        text="\n\n".join(block for block in blocks if block),
        answer=Answer(short=reason, status="partly"),
        citations=citations,
        facts=turn.state.facts,
        asking_for=asked,
        suggestions=suggestions("yes_no" if field.type == "bool" else "dont_know"),
    )
