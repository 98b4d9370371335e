"""Where a message should go, and where a reply shows that it went."""

from __future__ import annotations

from typing import Any, Literal

Route = Literal["case", "policy", "follow_up", "small_talk", "refusal"]

ROUTE_OF_INTENT: dict[str, Route] = {
    "ask_responsibility": "case",
    "ask_handover": "case",
    "ask_due": "case",
    "ask_pom_type": "case",
    "ask_service_level": "case",
    "ask_early_allocation": "case",
    "ask_parole": "case",
    "ask_recall": "case",
    "ask_key_dates": "case",
    "give_facts": "case",
    "correct_fact": "case",
    "what_if": "case",
    "compare_editions": "case",
    "show_facts": "case",
    "new_case": "case",
    "open_case": "case",
    "show_caseload": "case",
    "record_case_work": "case",
    "ask_guidance": "policy",
    "walk_through": "policy",
    "nlu_fallback": "policy",
    "ask_why": "follow_up",
    "show_wording": "follow_up",
    "ask_who_does_it": "follow_up",
    "affirm": "follow_up",
    "deny": "follow_up",
    "dont_know": "follow_up",
    "greet": "small_talk",
    "thank": "small_talk",
    "goodbye": "small_talk",
    "ask_help": "small_talk",
    "complain": "small_talk",
    "start_again": "small_talk",
    "cancel": "small_talk",
    "out_of_scope": "refusal",
    "not_permitted": "refusal",
}
"""A message that is not understood goes to the guidance, which refuses what it does not hold."""

TAKES_FACTS = frozenset(
    {intent for intent, route in ROUTE_OF_INTENT.items() if route == "case" and intent.startswith("ask_")}
    | {"give_facts", "correct_fact", "what_if", "new_case", "affirm", "deny", "dont_know"}
)
"""Intents whose action takes the facts of the message; what the others mention is nobody's fact."""

NEEDS_A_CASE = frozenset(
    {
        "correct_fact",
        "what_if",
        "compare_editions",
        "show_facts",
        "new_case",
        "open_case",
        "show_caseload",
        "record_case_work",
    }
)
"""Intents of a case whose reply, as the first of a conversation, shows nothing about the route."""


def stands_alone(intent: str) -> bool:
    """Whether a message of this intent can be answered as the first of a conversation, so that the kind of
    the reply shows where it went."""
    return ROUTE_OF_INTENT[intent] != "follow_up" and intent not in NEEDS_A_CASE


def routes_of_reply(reply: dict[str, Any]) -> set[str]:
    """The routes that a reply can stand for: `asked_back` for a clarification, `failed` for an error.

    That the guidance does not hold an answer is right for a policy question and a refusal alike.
    """
    status = (reply.get("answer") or {}).get("status")
    match reply.get("kind"):
        case "policy_answer":
            return {"policy"}
        case "assessment" | "question":
            return {"case"}
        case "small_talk":
            return {"small_talk"}
        case "refusal":
            return {"policy", "refusal"} if status == "not_in_guidance" else {"refusal"}
        case "clarification":
            return {"asked_back"}
        case _:
            return {"failed"}
