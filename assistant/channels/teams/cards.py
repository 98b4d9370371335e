"""A reply as Adaptive Cards: one, or several when it does not fit into a message of Teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from microsoft_teams.cards import AdaptiveCard, CardElement, TeamsCardProperties

from actions.answers.wording import capitalised
from actions.texts import entry, text
from assistant.channels.teams import card_elements as pieces
from assistant.channels.teams.checklist import checklist_of
from assistant.storage.feedback import COMMENT_LIMIT
from assistant.web.rendering import edition_title
from assistant.web.reply_view import Block, Duty, ReplyView, grouped, view_of

SIZE_LIMIT = 27_000
"""Most bytes of a message: Teams takes 28 kB."""

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
MOST_BUTTONS = 6
"""Teams shows no more in a row."""

RATED = ("policy_answer", "assessment", "refusal")
"""The kinds of reply that people are asked about."""

SUMMARY_LENGTH = 300
FeedbackState = Literal["asked", "useful", "why_not", "not_useful"]


@dataclass(frozen=True)
class CardContext:
    """What a card needs beside the reply."""

    public_url: str | None = None
    """Where people reach the service: links lead there. Without it there are none."""
    message: int | None = None
    """The number of the reply in its conversation, for feedback; None where none is asked."""
    picture_url: str | None = None
    """Where the timeline of the case is drawn; None where there is none."""
    personal: bool = True
    feedback: FeedbackState = "asked"


def reply_activities(reply: Mapping[str, Any], context: CardContext) -> list[dict[str, Any]]:
    """The messages that show a reply, in order."""
    return [_activity(card, reply) for card in reply_cards(reply, context)]


def reply_cards(reply: Mapping[str, Any], context: CardContext) -> list[dict[str, Any]]:
    """The cards that show a reply, in order. Nothing that was said is left out."""
    body = list(_body(reply, view_of(reply), context))
    ending = list(_ending(reply, context))
    whole = _card([*body, *ending], str(reply["text"]))
    if _fits(whole, reply):
        return [whole]
    parts = _parts([pieces.as_json(item) for item in body])
    cards = []
    for number, part in enumerate(parts, 1):
        lead = [pieces.as_json(pieces.words(_part_of(number, len(parts)), subtle=True))]
        last = [pieces.as_json(item) for item in ending] if number == len(parts) else []
        cards.append(_card_of([*lead, *part, *last], pieces.plain_text(part)))
    return cards


def text_activities(
    said: str, suggestions: Sequence[str] = (), link: tuple[str, str] | None = None
) -> list[dict[str, Any]]:
    """A message of the channel itself, such as the welcome, as a card."""
    body = pieces.paragraphs(said.splitlines())
    if link:
        body.append(pieces.link(*link))
    if suggestions:
        body += pieces.buttons(pieces.said(line, line) for line in suggestions[:MOST_BUTTONS])
    return [_activity(_card(body, said), {"text": said})]


def _body(reply: Mapping[str, Any], view: ReplyView, context: CardContext) -> Iterator[CardElement]:
    number = 0
    for block in view.blocks:
        if block.kind not in ("facts", "question"):
            number += 1
            yield from _block(block, number)
    if view.further_duties:
        title = text("pages.reply.more_tasks", count=len(view.further_duties))
        yield from pieces.folded("further", title, _duties(view.further_duties, context))
    if context.picture_url:
        assessment = reply["assessment"]
        yield from pieces.folded(
            "timeline", text("teams.card.timeline"), [_timeline(context.picture_url, assessment)]
        )
    yield from _sources(view, context)
    for block in view.blocks:
        if block.kind == "facts":
            yield from pieces.paragraphs(block.items, subtle=True)
        elif block.kind == "question":
            yield from pieces.paragraphs(block.items, "Bolder")


def _block(block: Block, number: int) -> Iterator[CardElement]:
    match block.kind:
        case "short":
            yield from _prose(block.items, "Bolder" if len(block.items) == 1 else None)
        case "list":
            yield from pieces.bullets(block.items)
        case "how":
            heading = [pieces.words(block.heading, subtle=True)] if block.heading else []
            lines = [*heading, *pieces.bullets(block.items)]
            yield from _folded(f"how{number}", text("pages.reply.how"), lines)
        case "summary":
            yield from _folded(
                f"summary{number}", (block.heading or "").rstrip(":"), pieces.paragraphs(block.items)
            )
        case "tasks":
            yield from _duties(block.items, None)
        case "criteria":
            yield pieces.heading(text("pages.reply.criteria"))
            yield from pieces.bullets(
                f"{text('pages.reply.' + state.replace('-', '_'))} {criterion}"
                for state, criterion in block.items
            )
        case "editions":
            yield pieces.heading(text("pages.reply.editions"))
            rows = [(pieces.words(edition), pieces.words(value)) for edition, value in block.items]
            columns = [text("pages.reply.edition"), text("pages.reply.says")]
            yield from pieces.table(columns, rows, (1, 2))
        case _:
            yield from _prose(block.items)


def _prose(lines: Sequence[str], weight: pieces.Weight | None = None) -> Iterator[CardElement]:
    for group in grouped(lines):
        if group.kind == "number":
            yield from pieces.numbered(group.lines, group.first)
        elif group.kind == "bullet":
            yield from pieces.bullets(group.lines)
        else:
            yield from pieces.paragraphs(group.lines, weight)


def _folded(name: str, title: str, items: list[CardElement]) -> list[CardElement]:
    """Folded, unless it is so long that it may have to be parted."""
    if pieces.size_of([pieces.as_json(item) for item in items]) > SIZE_LIMIT // 3:
        return [pieces.heading(title), *items]
    return pieces.folded(name, title, items)


def _duties(duties: Sequence[Duty], context: CardContext | None) -> list[CardElement]:
    rows = []
    for duty in duties:
        under = f"{duty.owner}. {duty.status_words}."
        if duty.working:
            under += f" {capitalised(duty.working.rstrip('.'))}."
        if duty.inferred:
            under += f" {text('pages.reply.inferred')}"
        task = pieces.stacked(pieces.words(duty.title), pieces.words(under, subtle=True, spacing="None"))
        rows.append((task, pieces.words(duty.when)))
    return pieces.table([text("pages.reply.task"), text("pages.reply.due")], rows, (5, 3))


def _timeline(url: str, assessment: Mapping[str, Any]) -> CardElement:
    from actions.answers.wording import plain_date

    as_of = plain_date(assessment["as_of"])
    events = "; ".join(
        f"{plain_date(task['due'])}, {task['title']}"
        for task in assessment.get("tasks") or ()
        if task.get("due")
    )
    return pieces.picture(url, text("teams.card.timeline_alt", as_of=as_of, events=events))


def _sources(view: ReplyView, context: CardContext) -> Iterator[CardElement]:
    if not view.citations:
        return
    shown = view.citations if view.opened else view.citations[: 1 if view.kind == "policy_answer" else 0]
    folded = view.citations[len(shown) :]
    if shown:
        yield pieces.heading(text("pages.reply.sources"))
        for citation in shown:
            yield from _source(citation, context)
    if folded:
        key = "pages.reply.more_sources" if shown else "teams.card.sources"
        items = [item for citation in folded for item in _source(citation, context)]
        yield from _folded("sources", text(key, count=len(folded)), items)


def _source(citation: Mapping[str, Any], context: CardContext) -> Iterator[CardElement]:
    edition = capitalised(edition_title(citation["edition"]))
    section = str(citation.get("section") or "").replace(" > ", ", ")
    yield pieces.words(f"{edition}: {section}" if section else edition, "Bolder")
    yield pieces.quotation(str(citation["quote"]))
    yield pieces.words(str(citation["title"]), subtle=True, spacing="Small")
    if context.public_url and citation.get("url"):
        url = context.public_url.rstrip("/") + str(citation["url"])
        yield pieces.link(text("teams.card.open_link", title=edition_title(citation["edition"])), url)


def _ending(reply: Mapping[str, Any], context: CardContext) -> Iterator[CardElement]:
    """The checklist, what to say next, and whether it was useful."""
    if context.personal:
        yield from checklist_of(reply)
    suggested = list(reply.get("suggestions") or ())[:MOST_BUTTONS]
    if suggested:
        yield from pieces.buttons(pieces.said(item["title"], item["payload"]) for item in suggested)
    if context.message is not None and reply["kind"] in RATED:
        yield from _feedback(context)


def _feedback(context: CardContext) -> Iterator[CardElement]:
    match context.feedback:
        case "asked":
            yield from pieces.buttons(
                [
                    pieces.sent(text("teams.card.useful"), "feedback", reply=context.message, useful=True),
                    pieces.sent(
                        text("teams.card.not_useful"), "feedback", reply=context.message, useful=False
                    ),
                ]
            )
        case "why_not":
            yield pieces.words(text("teams.card.thanks_not_useful"), subtle=True)
            reasons = [("none", text("teams.card.no_reason")), *entry("pages.feedback.reasons").items()]
            yield pieces.choice("reason", text("pages.feedback.title_no"), reasons, "none")
            hint = text("pages.feedback.comment_hint")
            yield pieces.lines_typed("comment", text("pages.feedback.comment"), hint, COMMENT_LIMIT)
            send = pieces.sent(text("pages.feedback.send"), "comment", reply=context.message)
            yield from pieces.buttons([send])
        case given:
            yield pieces.words(text(f"teams.card.thanks_{given}"), subtle=True)


def _card(body: Sequence[CardElement], instead: str) -> dict[str, Any]:
    return _card_of([pieces.as_json(item) for item in body], instead)


def _card_of(body: list[dict[str, Any]], instead: str) -> dict[str, Any]:
    card = AdaptiveCard(version="1.5", fallback_text=instead, msteams=TeamsCardProperties(width="full"))
    return {"$schema": SCHEMA, **pieces.as_json(card), "body": body}


def _activity(card: dict[str, Any], reply: Mapping[str, Any]) -> dict[str, Any]:
    short = str((reply.get("answer") or {}).get("short") or reply["text"])
    return {
        "type": "message",
        "summary": short if len(short) <= SUMMARY_LENGTH else f"{short[: SUMMARY_LENGTH - 1].rstrip()}…",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _fits(card: dict[str, Any], reply: Mapping[str, Any]) -> bool:
    return pieces.size_of(_activity(card, reply)) <= SIZE_LIMIT


def _part_of(number: int, parts: int) -> str:
    return text("teams.card.part", part=number, parts=parts)


def _parts(body: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The pieces in as few runs as fit, each with its text for where no card can be shown."""
    parts: list[list[dict[str, Any]]] = [[]]
    room = SIZE_LIMIT // 2  # the text that stands in for the card says it again
    used = 0
    for item in body:
        size = pieces.size_of(item)
        # What unfolds something stays with it.
        with_next = item.get("type") == "ActionSet"
        if parts[-1] and used + size + (room // 3 if with_next else 0) > room:
            parts.append([])
            used = 0
        parts[-1].append(item)
        used += size
    return parts
