"""What an answer is made of. Everything quoted is verbatim from an indexed document."""

from dataclasses import dataclass, field
from typing import Literal

from knowledge.passages import Passage

Status = Literal["answered", "partly", "not_in_guidance", "out_of_scope", "not_permitted"]
Kind = Literal["passage", "list", "definition", "criteria", "correction", "refusal"]


@dataclass(frozen=True)
class Citation:
    """Where an answer stands: the document, the section, and the words themselves.

    `quote` is verbatim (white space collapsed); `url` leads to the passage in its place in the document.
    """

    document: str
    title: str
    edition: str
    section: str
    passage_id: str
    quote: str
    url: str


@dataclass(frozen=True)
class Choice:
    """A passage offered when the question is not clear enough to answer: what it is about, and where it
    is."""

    title: str
    passage_id: str
    url: str


@dataclass(frozen=True)
class GuidanceAnswer:
    """An answer from the guidance, or an honest refusal.

    `short` is one or two sentences for the reader; `citations` come best first and are empty in a refusal;
    `confidence` is the calibrated probability that the first citation answers the question; `choices` are
    offered when `status` is "partly"; `notes` say what a reader must know (an older document, editions that
    differ).
    """

    status: Status
    kind: Kind
    short: str
    citations: list[Citation] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    confidence: float = 0.0
    choices: list[Choice] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """A search result: the passage, its score (0 to 1, best first), and the sentences that matched."""

    passage: Passage
    score: float
    highlights: list[str]


@dataclass(frozen=True)
class Definition:
    """What a term means. `source` says where the expansion comes from: verbatim, editorial (our description),
    general-knowledge (not in the documents) or none; `caveat` says so in words where it matters."""

    term: str
    expansion: str | None
    source: str
    short: str
    caveat: str | None
    citations: list[Citation]


@dataclass(frozen=True)
class Criterion:
    """An inspection criterion or a finding against it, with its code ("2.3a"), where it is printed and its
    words."""

    code: str
    theme: str
    text: str
    passage_id: str
    document: str
