"""The question bank: questions in practitioners' words, each with the words of the guidance that answer it.

The files are `data/questions/bank/*.yaml`: `document: <slug>`, then `entries:` of `quote` (verbatim) and
`questions`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.blocks import collapse
from knowledge.catalogue import load_yaml
from knowledge.quotes import QuoteFinder

QUESTIONS = Path(__file__).resolve().parent.parent / "data" / "questions"


class BankInvalid(ValueError):
    """A question file does not hold: `problems` names each entry and what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            "; ".join(problems[:5]) + (f" (and {len(problems) - 5} more)" if len(problems) > 5 else "")
        )


@dataclass(frozen=True)
class BankQuestion:
    """One question of the bank, with the passage that answers it and the answering words."""

    question: str
    document: str
    quote: str
    passage_id: str


def bank_files(directory: Path = QUESTIONS) -> list[Path]:
    """The bank's files, sorted; empty where the bank is not shipped."""
    return sorted((directory / "bank").glob("*.yaml"))


def load_bank(finders: Mapping[str, QuoteFinder], files: Iterable[Path]) -> list[BankQuestion]:
    """The bank's questions, each tied to its passage. Raises BankInvalid naming every entry that does not
    hold: a quote that is not verbatim, a document that is not indexed, a question asked twice."""
    problems: list[str] = []
    questions: list[BankQuestion] = []
    seen: dict[str, str] = {}
    for path in files:
        content = load_yaml(path) or {}
        slug = str(content.get("document"))
        finder = finders.get(slug)
        if finder is None:
            problems.append(f"{path.name}: document {slug!r} is not one of the guidance documents")
            continue
        for number, entry in enumerate(content.get("entries") or (), 1):
            quote = collapse(str(entry.get("quote", "")))
            passage_id = finder.passage_of(quote, exact=True)
            if passage_id is None:
                problems.append(f"{path.name}, entry {number}: the quote is not verbatim: {quote[:90]!r}")
                continue
            for question in entry.get("questions") or ():
                question = collapse(str(question))
                if question.lower() in seen:
                    if seen[question.lower()] != quote:
                        problems.append(f"{path.name}, entry {number}: asked twice in the bank: {question!r}")
                    continue
                seen[question.lower()] = quote
                questions.append(BankQuestion(question, slug, quote, passage_id))
    if problems:
        raise BankInvalid(problems)
    return questions
