"""Citing the indexed guidance: from passages and quotes to citations and choices."""

import re
from dataclasses import dataclass

from knowledge.answers import Choice, Citation
from knowledge.blocks import collapse
from knowledge.embedding import FloatArray
from knowledge.index import Snapshot
from knowledge.passages import Passage
from knowledge.quotes import QuoteFinder
from knowledge.retrieval import Retriever
from knowledge.wording import say

OLDER = {"2007-inspection": "older_standard", "2008-report": "older_report"}
QUOTE_CHARACTERS = 1500


def citation(snapshot: Snapshot, passage: Passage, quote: str | None = None) -> Citation:
    """A citation of a passage, with its own words or, if given, the words in it that matter."""
    info = next(doc for doc in snapshot.documents if doc.slug == passage.document)
    return Citation(
        document=info.slug,
        title=info.title,
        edition=info.edition,
        section=passage.heading or info.title,
        passage_id=passage.id,
        quote=collapse(quote) if quote else passage.quote[:QUOTE_CHARACTERS],
        url=f"/guidance/{info.slug}#{passage.id}",
    )


@dataclass(frozen=True)
class Shelf:
    """One version of the index as answers cite it: its passages by row, by id and by quote."""

    retriever: Retriever
    finders: dict[str, QuoteFinder]
    rows: dict[str, int]

    @property
    def snapshot(self) -> Snapshot:
        """The version of the index."""
        return self.retriever.snapshot

    def passage(self, row: int) -> Passage:
        """The passage of a row."""
        return self.snapshot.passages[int(row)]

    def holding(self, document: str, quote: str) -> Passage | None:
        """The passage of a document that holds `quote`, or None."""
        finder = self.finders.get(document)
        passage_id = finder.passage_of(quote) if finder else None
        return self.snapshot.passages[self.rows[passage_id]] if passage_id in self.rows else None

    def cite(self, passage: Passage, quote: str | None = None) -> Citation:
        """A citation of a passage; see `citation`."""
        return citation(self.snapshot, passage, quote)

    def cite_rows(self, rows: list[int]) -> list[Citation]:
        """Citations of passages by row, in order."""
        return [self.cite(self.passage(row)) for row in rows]

    def unit_vectors(self, row: int) -> FloatArray:
        """The vectors of a passage's units, in order."""
        vectors: FloatArray = self.snapshot.unit_vectors[self.snapshot.unit_rows == row]
        return vectors

    def choice(self, row: int) -> Choice:
        """A passage as a choice to offer, named by its nearest heading."""
        passage = self.passage(row)
        heading = next((part for part in reversed(passage.section) if len(part) > 4), "")
        heading = re.sub(r"^(?:Example of effectiveness|Case illustration): ", "", heading)
        if passage.code:
            heading = f"criterion {passage.code}"
        return Choice(heading, passage.id, f"/guidance/{passage.document}#{passage.id}")

    def edition(self, passage: Passage) -> str:
        """The edition of a passage's document."""
        return next(doc.edition for doc in self.snapshot.documents if doc.slug == passage.document)

    def dated(self, passage: Passage, short: str) -> str:
        """`short` introduced as older, where the passage is: never as today's duty."""
        if passage.before_model:
            return say("before_model", answer=re.sub(r"^Before the model, ", "", short))
        name = OLDER.get(self.edition(passage))
        return say(name, answer=short) if name else short
