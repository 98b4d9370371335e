"""How good the answers are, on questions that nothing here was trained on: `assistant evaluate guidance`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from knowledge.answers import GuidanceAnswer
from knowledge.bank import QUESTIONS, BankInvalid
from knowledge.blocks import clean, collapse
from knowledge.catalogue import load_yaml
from knowledge.guidance import Guidance

DEVELOPMENT = QUESTIONS / "development.yaml"
REPORT = QUESTIONS.parent.parent / "docs" / "evaluation" / "guidance.md"
LIMIT = 10
RESAMPLES = 2000


@dataclass(frozen=True)
class DevelopmentQuestion:
    """A question of the development set. `gold` are verbatim quotes, any of which is right; a question that must
    not be answered has none, and `kind` says why."""

    id: str
    question: str
    kind: str
    document: str | None
    gold: tuple[str, ...]
    contains: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether the guidance answers it (a false premise is answered with its correction)."""
        return bool(self.gold)


@dataclass(frozen=True)
class Outcome:
    """What happened to one question. `place` is that of the first right citation, from 1; 0 where none is right."""

    question: DevelopmentQuestion
    status: str
    place: int
    contains: bool
    milliseconds: float
    baseline: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The outcomes of an evaluation, and its figures as Markdown."""

    outcomes: list[Outcome]

    def markdown(self) -> str:
        """The report that is printed and written to docs/evaluation/guidance.md."""
        return _markdown(self.outcomes)


def load_development(guidance: Guidance, path: Path = DEVELOPMENT) -> list[DevelopmentQuestion]:
    """The development set. Raises BankInvalid naming every gold quote that is not verbatim."""
    data = load_yaml(path)
    entries = [*data["answerable"], *data["unanswerable"]] if isinstance(data, dict) else data
    everything = "\n".join(collapse(guidance.source(doc.slug)) for doc in guidance.documents())
    problems: list[str] = []
    questions: list[DevelopmentQuestion] = []
    for entry in entries:
        document = entry.get("document")
        gold = tuple(collapse(str(quote)) for quote in entry.get("gold", ()))
        problems += [
            f"{entry['id']}: not verbatim: {quote[:80]!r}" for quote in gold if quote not in everything
        ]
        contains = tuple(str(word) for word in entry.get("answer_contains") or ())
        questions.append(
            DevelopmentQuestion(entry["id"], entry["question"], entry["kind"], document, gold, contains)
        )
    if problems:
        raise BankInvalid(problems)
    return questions


def write_report(report: Report, path: Path = REPORT) -> Path:
    """Write the report as Markdown; returns where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.markdown(), encoding="utf-8")
    return path


def evaluate(
    guidance: Guidance,
    questions: Sequence[DevelopmentQuestion],
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Ask every question and note what came back. Each is timed once the assistant is warm."""
    guidance.warm()
    outcomes: list[Outcome] = []
    for number, question in enumerate(questions):
        started = time.perf_counter()
        answer = guidance.ask(question.question, limit=LIMIT)
        took = (time.perf_counter() - started) * 1000
        baseline = {}
        if question.answerable:
            for name, feature in (("BM25 alone", "words"), ("vectors alone", "meaning")):
                quotes = [hit.passage.quote for hit in guidance.search_by(question.question, feature, LIMIT)]
                baseline[name] = place_of(quotes, question.gold)
        place = place_of([cited.quote for cited in answer.citations], question.gold)
        said = answer.status in ("answered", "partly")
        outcomes.append(
            Outcome(
                question,
                answer.status,
                place if said else 0,
                _contains(answer, question.contains),
                took,
                baseline,
            )
        )
        if progress:
            progress("Asking", number + 1, len(questions))
    return Report(outcomes)


def place_of(quotes: Sequence[str], gold: Sequence[str]) -> int:
    """The place, from 1, of the first quote that holds one of the gold quotes (or lies within one); 0 for none."""
    for number, quote in enumerate(quotes, 1):
        if any(right in quote or (len(quote) > 30 and quote in right) for right in gold):
            return number
    return 0


def _contains(answer: GuidanceAnswer, words: Sequence[str]) -> bool:
    said = clean(answer.short).lower()
    return all(word.lower() in said or clean(word).lower() in said for word in words)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 per cent bootstrap interval of a mean (the same resamples every time)."""
    if not values:
        return 0.0, 0.0
    random = np.random.default_rng(2019)
    sample = np.asarray(values, np.float64)
    means = sample[random.integers(0, len(sample), (RESAMPLES, len(sample)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _share(values: Sequence[float]) -> str:
    if not values:
        return "–"
    low, high = interval(values)
    return f"{np.mean(values) * 100:.1f} % ({low * 100:.0f}–{high * 100:.0f})"


def _places(name: str, places: Sequence[int]) -> str:
    first = [float(place == 1) for place in places]
    three = [float(1 <= place <= 3) for place in places]
    reciprocal = float(np.mean([1 / place if place else 0.0 for place in places])) if places else 0.0
    return f"| {name} | {len(places)} | {_share(first)} | {_share(three)} | {reciprocal:.3f} |"


def _document_of(outcome: Outcome) -> str:
    return outcome.question.document or "–"


def _kind_of(outcome: Outcome) -> str:
    return outcome.question.kind


def _markdown(outcomes: list[Outcome]) -> str:
    answerable = [o for o in outcomes if o.question.answerable]
    rest = [o for o in outcomes if not o.question.answerable]
    asked = [o for o in answerable if o.question.contains]
    lines = [
        "# Answers from the guidance: development set",
        "",
        f"{len(answerable)} questions that the guidance answers and {len(rest)} that it does not, written from the",
        "documents and kept apart from the question bank. The ranker and the encoder are trained on the bank only. The",
        "confidence (three thresholds and its coefficients) is calibrated on this set and on calibration.yaml, the",
        "weights of the mixture were checked against its totals, and the examples of questions to refuse and some bank",
        "questions were written by someone who had seen its topics: expect lower figures on new questions. In",
        "brackets: the 95 % bootstrap interval. Times depend on the machine and on what else it is doing. A right",
        "citation holds a gold quote word for word. Vectors alone are those of the fitted encoder.",
        "",
        "| | Questions | Right passage first | In the first three | Mean reciprocal rank |",
        "|---|---|---|---|---|",
        _places("Assistant", [o.place for o in answerable]),
    ]
    for name in ("BM25 alone", "vectors alone"):
        lines.append(_places(name, [o.baseline.get(name, 0) for o in answerable]))
    refused = [o for o in outcomes if o.status not in ("answered", "partly")]
    right = [o for o in refused if not o.question.answerable]
    times = [o.milliseconds for o in outcomes]
    lines += [
        "",
        "| Measure | Value |",
        "|---|---|",
        f"| Short answer holds the key words ({len(asked)} questions) | {_share([float(o.contains) for o in asked])} |",
        f"| Refusal precision | {len(right) / max(1, len(refused)) * 100:.1f} % of {len(refused)} refusals |",
        f"| Refusal recall | {_share([float(o.status not in ('answered', 'partly')) for o in rest])} |",
        f"| Unanswerable, answered | {_share([float(o.status == 'answered') for o in rest])} |",
        f"| Unanswerable, choices offered | {_share([float(o.status == 'partly') for o in rest])} |",
        f"| Answerable, answered | {_share([float(o.status == 'answered') for o in answerable])} |",
        f"| Answerable, choices offered | {_share([float(o.status == 'partly') for o in answerable])} |",
        f"| Median time | {np.median(times):.0f} ms |",
        f"| 95th percentile time | {np.percentile(times, 95):.0f} ms |",
    ]
    for title, key in (
        ("document", _document_of),
        ("kind", _kind_of),
    ):
        lines += [
            "",
            f"## By {title}",
            "",
            "| | Questions | Right passage first | In the first three | Mean reciprocal rank |",
            "|---|---|---|---|---|",
        ]
        for name in sorted({key(o) for o in answerable}):
            lines.append(_places(name, [o.place for o in answerable if key(o) == name]))
    lines += [
        "",
        "## Questions that must be refused",
        "",
        "| | Questions | Refused | Right reason |",
        "|---|---|---|---|",
    ]
    for name in sorted({o.question.kind for o in rest}):
        of = [o for o in rest if o.question.kind == name]
        lines.append(
            f"| {name} | {len(of)} | {_share([float(o.status not in ('answered', 'partly')) for o in of])} "
            f"| {_share([float(o.status == name) for o in of])} |"
        )
    return "\n".join(lines) + "\n"
