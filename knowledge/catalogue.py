"""The documents that ship with the assistant: their metadata, layout and passages, read from `guidance/`."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.blocks import SourceText
from knowledge.passages import Passage, SpelledRow, make_passages
from knowledge.readers.plain import Outline, read_plain

GUIDANCE = Path(__file__).parent / "guidance"


@dataclass(frozen=True)
class DocumentInfo:
    """What is known of a document. `edition` groups documents whose rules hold together ("2019-model")."""

    slug: str
    title: str
    edition: str
    published: str | None = None
    publisher: str | None = None
    kind: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class LoadedDocument:
    """A document read and cut into passages, not yet indexed."""

    info: DocumentInfo
    source: SourceText
    passages: list[Passage]
    sha256: str

    @property
    def slug(self) -> str:
        """The document's short name in addresses."""
        return self.info.slug


def load_yaml(path: Path) -> Any:
    """The content of a YAML file of this package."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _outline(entry: dict[str, Any]) -> Outline:
    return Outline(
        headings={text: level for level, texts in entry.get("headings", {}).items() for text in texts},
        patterns=tuple((re.compile(p), level) for p, level in entry.get("patterns", {}).items()),
        ignore=frozenset(entry.get("ignore", ())),
        skip=frozenset(entry.get("skip", ())),
        once=frozenset(entry.get("once", ())),
        complete=bool(entry.get("complete")),
    )


@lru_cache(maxsize=1)
def shipped_documents() -> tuple[DocumentInfo, ...]:
    """Metadata of the shipped documents, in the order of documents.yaml."""
    return tuple(
        DocumentInfo(
            slug=entry["slug"],
            title=entry["title"],
            edition=entry["edition"],
            published=str(entry["published"]) if entry.get("published") else None,
            publisher=entry.get("publisher"),
            kind=entry.get("kind"),
            licence=entry.get("licence"),
        )
        for entry in load_yaml(GUIDANCE / "documents.yaml")
    )


@lru_cache(maxsize=1)
def load_shipped() -> tuple[LoadedDocument, ...]:
    """The shipped documents with their passages (read from the files; a third of a second)."""
    files = {entry["slug"]: entry["file"] for entry in load_yaml(GUIDANCE / "documents.yaml")}
    outlines = load_yaml(GUIDANCE / "outlines.yaml")
    loaded = []
    for info in shipped_documents():
        data = (GUIDANCE / files[info.slug]).read_bytes()
        entry = outlines.get(info.slug, {})
        source = read_plain(data.decode("utf-8"), _outline(entry))
        spelled = [SpelledRow(**row) for row in entry.get("tables", ())]
        passages = make_passages(info.slug, source, spelled)
        loaded.append(LoadedDocument(info, source, passages, hashlib.sha256(data).hexdigest()))
    return tuple(loaded)
