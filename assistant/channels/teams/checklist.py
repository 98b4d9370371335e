"""The early allocation checklist of a card, and the one message that its answers make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from microsoft_teams.cards import CardElement

from actions.texts import entry, text
from assistant.channels.teams import card_elements as pieces

VERB = "checklist"
UNKNOWN = "unknown"


def checklist_of(reply: Mapping[str, Any]) -> Iterator[CardElement]:
    """The criteria that are not known yet, each with its answers; nothing for a reply about something else."""
    open_criteria = _open_criteria(reply)
    if not open_criteria:
        return
    send = text("teams.card.checklist_send")
    items: list[CardElement] = [pieces.words(text("teams.card.checklist_lead", send=send), subtle=True)]
    for name, asked in _questions().items():
        if asked["criterion"] in open_criteria and name not in (reply.get("facts") or {}):
            label = asked.get("label") or entry("early_allocation.names")[asked["criterion"]]
            items.append(pieces.choice(name, label, _choices(asked), UNKNOWN))
    if len(items) > 1:
        items += pieces.buttons([pieces.sent(send, VERB)])
        title = text("teams.card.checklist")
        asking = str(reply.get("asking_for") or "") in _questions()
        yield from [pieces.heading(title), *items] if asking else pieces.folded("checklist", title, items)


def message_of(answers: Mapping[str, Any]) -> str:
    """What the answers say, as one message; empty when nothing was answered.

    Only known answers to known questions count: what comes from outside is never put into words.
    """
    said = [
        str(asked[answer])
        for name, asked in _questions().items()
        if (answer := str(answers.get(name) or UNKNOWN)) in _answers(asked)
    ]
    return f"Early allocation: {', '.join(said)}" if said else ""


def _open_criteria(reply: Mapping[str, Any]) -> set[str]:
    part = (reply.get("assessment") or {}).get("early_allocation") or {}
    wanted = str(reply.get("asking_for") or "") in _questions() or part.get("outcome") == "unknown"
    if not part or not wanted or text("early_allocation.unknown") not in str(reply["text"]):
        return set()
    return {item["id"] for item in part.get("criteria") or () if item["met"] is None}


def _questions() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = entry("teams_checklist")
    return found


def _answers(asked: Mapping[str, Any]) -> list[str]:
    return [name for name in asked if name not in ("criterion", "label")]


def _choices(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    shown = {"yes": text("teams.card.checklist_yes"), "no": text("teams.card.checklist_no")}
    answers = [(name, shown.get(name) or str(asked[name])) for name in _answers(asked)]
    return [(UNKNOWN, text("teams.card.checklist_unknown")), *answers]
