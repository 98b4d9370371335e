"""Who is responsible, and when that changes."""

from __future__ import annotations

from typing import Any

from actions.answers.topic_answer import TopicAnswer, hedged, role_in_words
from actions.answers.wording import capitalised, plain_date
from actions.texts import text


def responsibility_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who holds the case on the day, who supports, and who holds it next."""
    part = assessment["responsibility"]
    reasons = part["reasons"]
    if part["status"] in ("undefined", "discretion"):
        return TopicAnswer(text(f"responsibility.{part['status']}"), reasons=reasons)
    if part["status"] == "needs_facts" and not part["responsible"]:
        return TopicAnswer(text("responsibility.needs_facts"), reasons=reasons, settled=False)
    sentences = [
        text(
            "responsibility.decided_supported" if part["supporting"] else "responsibility.decided",
            Responsible=capitalised(role_in_words(part["responsible"])),
            Supporting=capitalised(role_in_words(part["supporting"])),
            as_of=plain_date(assessment["as_of"]),
        )
    ]
    if part["changes_on"] and part["changes_to"]:
        sentences.append(
            text(
                "responsibility.changes",
                Next=capitalised(role_in_words(part["changes_to"])),
                date=plain_date(part["changes_on"]),
            )
        )
    passed = assessment["handover"]["date"]
    if (
        part["responsible"] != "POM"
        and passed
        and passed <= assessment["as_of"]
        and part["status"] == "decided"
    ):
        sentences.append(text("handover.passed", date=plain_date(passed)))
    return TopicAnswer(
        hedged(" ".join(sentences), part["status"]),
        reasons=reasons,
        settled=part["status"] == "decided",
        duties=[
            {
                "title": text("responsibility.duty"),
                "owner": role_in_words(part["responsible"]),
                "when": sentences[1] if len(sentences) > 1 else "",
            }
        ],
    )


def handover_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """The date of handover to the community, with who is responsible now."""
    part = assessment["handover"]
    now = responsibility_answer(assessment)
    if not part["date"]:
        settled = part["status"] != "needs_facts" and assessment["responsibility"]["status"] != "needs_facts"
        return TopicAnswer(
            text("handover.none" if settled else "handover.needs_facts"),
            lines=[now.short] if now.settled else [],
            reasons=part["reasons"],
            settled=settled,
        )
    # What is still open may be the form of the handover only (a meeting or a report), not its day.
    status = "decided" if now.settled else part["status"]
    key = "handover.passed" if part["date"] < assessment["as_of"] else "handover.date"
    return TopicAnswer(
        hedged(text(key, date=plain_date(part["date"])), status),
        lines=[
            *([now.short] if now.settled else []),
            *([text(f"handover.{part['kind']}")] if part.get("kind") in ("meeting", "report") else []),
        ],
        reasons=part["reasons"],
        settled=status != "needs_facts",
        duties=[
            {
                "title": text("handover.duty"),
                "owner": text("handover.owners"),
                "when": text(key, date=plain_date(part["date"])),
            },
            *now.duties,
        ],
    )
