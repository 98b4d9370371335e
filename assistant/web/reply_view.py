"""A reply arranged for a page: each line shown as a table, a checklist, a source or plain text.

The text of a reply is complete. Each of its lines is either recognised, by the template of the catalogue that
made it, and shown in a better form, or shown as it is. So nothing that was said can be lost on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from actions.answers.wording import plain_date
from actions.texts import entry, text


@dataclass
class Block:
    """A run of lines that are shown in one way."""

    kind: str
    """note, short, paragraph, list, how, tasks, criteria, summary, editions, facts or question."""
    items: list[Any] = field(default_factory=list)
    heading: str | None = None


@dataclass(frozen=True)
class Lines:
    """Lines of one kind: `text`, items with a `bullet`, or items with a `number` (which begin at `first`)."""

    kind: str
    lines: list[str]
    first: int = 1


@dataclass(frozen=True)
class Duty:
    """One row of a table of duties."""

    title: str
    when: str
    owner: str
    status: str
    status_words: str
    working: str
    inferred: bool
    url: str | None


@dataclass(frozen=True)
class ReplyView:
    """A reply as the template shows it."""

    kind: str
    blocks: list[Block]
    further_duties: list[Duty]
    citations: list[dict[str, Any]]
    as_text: str
    """The whole reply as plain text, to be copied."""
    opened: bool = False
    """Whether the quotations are what was asked for, and so are shown unfolded."""


@lru_cache(maxsize=64)
def _pattern(key: str) -> re.Pattern[str]:
    """The catalogue's template under a key as a pattern that reads back what it was filled in with."""
    parts = re.split(r"\{(\w+)\}", str(entry(key)).strip())
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
        + "$"
    )


_MARKS = re.compile(r"\*\*|</?b>")
"""Marks for bold in a document: a quotation has them, the text of a reply may not."""

_NUMBERED = re.compile(r"(\d{1,3})\. ")


def grouped(lines: Iterable[str]) -> list[Lines]:
    """Lines of plain text as paragraphs and lists, in order."""
    groups: list[Lines] = []
    for line in lines:
        number = _NUMBERED.match(line)
        kind = "number" if number else "bullet" if line.startswith("- ") else "text"
        shown = line[number.end() :] if number else line.removeprefix("- ")
        if groups and groups[-1].kind == kind:
            groups[-1].lines.append(shown)
        else:
            groups.append(Lines(kind, [shown], int(number[1]) if number else 1))
    return groups


def duty(task: Mapping[str, Any]) -> Duty:
    """A task of an assessment as a row."""
    citation = task.get("citation") or {}
    return Duty(
        title=task["title"],
        when=when(task),
        owner=str(task["owner"]).replace("_", " "),
        status=task["status"],
        status_words=text(f"pages.reply.statuses.{task['status']}"),
        working=task.get("working") or "",
        inferred=bool(task.get("inferred")) and "inferred" not in str(task.get("working")),
        url=citation.get("url"),
    )


def when(task: Mapping[str, Any]) -> str:
    """When a task is due, in words: a day, a window, or that there is no date."""
    due, opens = task.get("due"), task.get("opens")
    if not due and not opens:
        return text("pages.reply.when.undated")
    if due and opens and due != opens:
        return text("pages.reply.when.window", opens=plain_date(opens), due=plain_date(due))
    return text(f"pages.reply.when.{_kind(task)}", due=plain_date(due or opens))


def _kind(task: Mapping[str, Any]) -> str:
    kind = str(task.get("kind"))
    return kind if kind in ("by", "at", "within", "recurring", "earliest") else "by"


def view_of(reply: Mapping[str, Any]) -> ReplyView:
    """Arrange a reply (section 4 of the design) for a page."""
    return _Arranger(reply).arrange()


class _Arranger:
    def __init__(self, reply: Mapping[str, Any]) -> None:
        self._reply = reply
        self._assessment: Mapping[str, Any] = reply.get("assessment") or {}
        answer = reply.get("answer") or {}
        self._short = [_plain(line) for line in str(answer.get("short") or "").splitlines() if line.strip()]
        self._quotes = {
            _plain(_MARKS.sub("", citation["quote"])) for citation in reply.get("citations") or ()
        }
        early = self._assessment.get("early_allocation") or {}
        self._tasks: list[Mapping[str, Any]] = [
            *(self._assessment.get("tasks") or ()),
            *(early.get("steps") or ()),
        ]
        self._shown: list[Mapping[str, Any]] = []
        self._blocks: list[Block] = []
        self._seen_short = not self._short
        self._more = False

    def arrange(self) -> ReplyView:
        for paragraph in str(self._reply["text"]).split("\n\n"):
            self._paragraph([line.rstrip() for line in paragraph.splitlines() if line.strip()])
        return ReplyView(
            kind=str(self._reply["kind"]),
            blocks=self._blocks,
            further_duties=self._further() if self._more else [],
            citations=list(self._reply.get("citations") or ()),
            as_text=str(self._reply["text"]),
            opened=not any(block.kind in ("short", "paragraph", "list", "tasks") for block in self._blocks),
        )

    def _paragraph(self, lines: list[str]) -> None:
        within = None
        fresh = True
        for line in lines:
            kind, item, heading = self._read(line, within)
            if kind == "dropped":
                continue
            if kind in ("how", "editions", "criteria", "summary"):
                within = kind
            if item is None:  # the heading of what follows
                self._blocks.append(Block(kind, heading=heading))
            else:
                self._add(kind, item, fresh)
            fresh = False
        if within is None:
            return
        self._blocks = [block for block in self._blocks if block.items or block.heading is None]

    def _add(self, kind: str, item: Any, fresh: bool) -> None:
        last = self._blocks[-1] if self._blocks else None
        joins = (
            last is not None and last.kind == kind and (not fresh or kind in ("tasks", "criteria", "short"))
        )
        if last is not None and joins:
            last.items.append(item)
        else:
            self._blocks.append(Block(kind, [item]))

    def _read(self, line: str, within: str | None) -> tuple[str, Any, str | None]:
        """How a line is shown: the kind of block, what goes into it, and the heading it begins."""
        if _plain(line) in self._short and not (self._seen_short and within):
            self._seen_short = True
            return "short", line, None
        if self._is_quote(line):
            return "dropped", None, None
        task = self._task(line)
        if task is not None:
            self._shown.append(task)
            return "tasks", duty(task), None
        if self._shown and _pattern("due.more").match(line):
            self._more = True
            return "dropped", None, None
        if _pattern("case.how").match(line):
            return "how", None, line.rstrip(":")
        if line == text("case.editions_differ"):
            return "editions", None, line
        if line == text("early_allocation.criteria"):
            return "criteria", None, line
        if line == text("early_allocation.summary"):
            return "summary", None, line
        return self._read_item(line, within)

    def _read_item(self, line: str, within: str | None) -> tuple[str, Any, str | None]:
        if within == "summary":
            return "summary", line, None
        for state, key in (("met", "met"), ("not-met", "not_met_line"), ("unknown", "unknown_line")):
            found = _pattern(f"early_allocation.{key}").match(line)
            if found and within == "criteria":
                return "criteria", (state, found["criterion"]), None
        if within == "editions" and (found := _pattern("case.position").match(line)):
            return "editions", (found["edition"], found["value"]), None
        if line.startswith("- "):
            return ("how" if within == "how" else "list"), line.removeprefix("- "), None
        for key in ("case.ask", "case.ask_more"):
            if _pattern(key).match(line):
                return "question", line, None
        for key in ("case.facts_used", "case.assumed"):
            if _pattern(key).match(line):
                return "facts", line, None
        return ("paragraph" if self._seen_short else "note"), line, None

    def _is_quote(self, line: str) -> bool:
        found = _pattern("case.quote_line").match(line)
        said = _plain(_MARKS.sub("", line))
        return bool(found and any(said.startswith(f'"{quote}"') for quote in self._quotes))

    def _task(self, line: str) -> Mapping[str, Any] | None:
        """The task that a line was made from, each once."""
        before = str(entry("due.line")).split("{when}")[0]
        for task in self._tasks:
            if line.startswith(before.format(title=task["title"])) and not any(
                task is shown for shown in self._shown
            ):
                return task
        return None

    def _further(self) -> list[Duty]:
        """The duties that the text only counts."""
        left = (
            task
            for task in self._assessment.get("tasks") or ()
            if task["status"] != "done" and not any(task is shown for shown in self._shown)
        )
        return [duty(task) for task in left]


def _plain(line: str) -> str:
    return " ".join(line.split())
