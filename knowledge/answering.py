"""From a question to an answer: what is asked, what the passages say, and whether that answers it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.answers import Choice, Citation, Definition, GuidanceAnswer, Kind, Status
from knowledge.blocks import clean, collapse
from knowledge.catalogue import load_yaml
from knowledge.criteria import (
    asked_codes,
    asked_theme,
    asks_reflection,
    list_criteria,
    named_criteria_document,
)
from knowledge.cues import parts_of
from knowledge.embedding import FloatArray
from knowledge.glossary import Glossary, GlossaryEntry
from knowledge.index import Snapshot
from knowledge.passages import Passage
from knowledge.quotes import QuoteFinder
from knowledge.ranking import Ranked, confidence, confidence_features, rank, shipped_weights
from knowledge.refusal import (
    RefusalTopic,
    forbidden_by_pattern,
    only_resembles,
    premises,
    presumes,
    refusal_topics,
)
from knowledge.retrieval import Candidates, Retriever
from knowledge.wording import first_sentences, say, short_answer

OLDER = {"2007-inspection": "older_standard", "2008-report": "older_report"}
ASKED_ALIKE = 0.75  # cosine from which a bank question is taken to ask the same
PREMISE_ALIKE = 0.6
NAMED_ALIKE = 0.38  # cosine from which an example of another subject says why a question is refused
QUOTE_CHARACTERS = 1500
TWIN_MARGIN = 1.0  # of the score, within which two printings of a criterion are equally near
PART_SURE = 0.9  # confidence from which a further part of a question is answered beside the first


@dataclass(frozen=True)
class _Difference:
    note: str
    cues: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def differences() -> tuple[_Difference, ...]:
    """Where editions differ, from differences.yaml."""
    return tuple(
        _Difference(
            entry["note"],
            tuple(str(cue) for cue in entry["cues"]),
            tuple((quote["document"], quote["quote"]) for quote in entry["quotes"]),
        )
        for entry in load_yaml(Path(__file__).with_name("differences.yaml"))
    )


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


class Answerer:
    """Answers questions from one version of the index."""

    def __init__(
        self,
        retriever: Retriever,
        finders: dict[str, QuoteFinder],
        rows: dict[str, int],
        glossary: Glossary,
    ) -> None:
        self._retriever = retriever
        self._snapshot = retriever.snapshot
        self._finders = finders
        self._rows = rows
        self._glossary = glossary

    def answer(self, question: str, limit: int) -> GuidanceAnswer:
        """The answer to `question`; see Guidance.ask."""
        question = collapse(question)
        if not re.search(r"\w", question):
            return GuidanceAnswer("not_in_guidance", "refusal", say("empty"))
        forbidden = forbidden_by_pattern(question)
        if forbidden:
            return _refuse(forbidden, 1.0)
        listed = self._lists(question, limit)
        if listed:
            return listed
        query = self._retriever.lexicon.query(question)
        candidates = self._retriever.candidates(query)
        if not len(candidates.rows):
            return self._uncovered(None, [], 0.0)
        ranked = rank(candidates)
        asked = self._glossary.asked(question)
        topic, nearness = self._nearest_refusal(candidates.vector)
        best_asked = float(candidates.features[:, 5].max())
        if topic and only_resembles(question, topic, len(candidates.query.terms), nearness):
            topic, nearness = None, min(nearness, best_asked)
        ranked = self._twins_together(question, candidates, ranked)
        sure = confidence(confidence_features(candidates, ranked, nearness, best_asked))
        if asked and asked[1] is None:
            return GuidanceAnswer(
                "not_in_guidance", "refusal", say("definition_missing", term=asked[0]), confidence=1 - sure
            )
        if asked and asked[1]:
            defined = self._defined(asked[1], ranked, candidates, best_asked, limit)
            if defined:
                return defined
        corrected = self._corrected(question, candidates.vector, best_asked, ranked, limit)
        if corrected:
            return corrected
        clearly = nearness > max(0.55, best_asked + 0.05) or sure < shipped_weights().offer
        if topic and topic.kind != "not_in_guidance" and nearness > NAMED_ALIKE and clearly:
            return _refuse(topic, nearness)
        return self._decide(question, candidates, ranked, sure, topic, nearness, best_asked, limit)

    def _decide(
        self,
        question: str,
        candidates: Candidates,
        ranked: Ranked,
        sure: float,
        topic: RefusalTopic | None,
        nearness: float,
        best_asked: float,
        limit: int,
    ) -> GuidanceAnswer:
        weights = shipped_weights()
        citations = [
            citation(self._snapshot, self._snapshot.passages[int(row)]) for row in ranked.rows[:limit]
        ]
        if sure >= weights.answer:
            return self._say(question, candidates, ranked, citations, sure, limit)
        near_topic = topic if topic and nearness > max(0.55, best_asked + 0.05) else None
        if sure >= weights.offer and near_topic is None:
            choices = [self._choice(int(row)) for row in ranked.rows[:3]]
            named = "\n".join(f"- {title}" for title in dict.fromkeys(choice.title for choice in choices))
            short = f"{say('partly')}\n{named}"
            if sure >= weights.hedge:
                short = say("partly_one", answer=self._said(candidates, ranked), choices=named)
            return GuidanceAnswer(
                "partly",
                "passage",
                short,
                citations[:3],
                [f"What does the guidance say about {choice.title}?" for choice in choices],
                sure,
                choices,
            )
        return self._uncovered(near_topic, [self._choice(int(row)) for row in ranked.rows[:2]], 1 - sure)

    def _say(
        self,
        question: str,
        candidates: Candidates,
        ranked: Ranked,
        citations: list[Citation],
        sure: float,
        limit: int,
    ) -> GuidanceAnswer:
        passage = self._snapshot.passages[int(ranked.rows[0])]
        short = self._said(candidates, ranked)
        parts, cited = self._other_parts(question, passage, short)
        if parts:
            short = "\n\n".join([short, *parts])
            added = {c.passage_id for c in cited}
            rest = [c for c in citations[1:] if c.passage_id not in added]
            citations = [citations[0], *cited, *rest][: max(limit, 1 + len(cited))]
        citations, notes = self._with_other_editions(question, passage, citations, limit)
        if notes:
            short = f"{short}\n\n{say('editions_differ', note=notes[0])}"
        suggestions = [
            f"What does the guidance say about {choice.title}?"
            for choice in (self._choice(int(other)) for other in ranked.rows[1:8])
            if choice.title
            and self._snapshot.passages[self._rows[choice.passage_id]].section != passage.section
        ]
        kind: Kind = "list" if "\n- " in short else "passage"
        return GuidanceAnswer(
            "answered",
            kind,
            short,
            citations,
            list(dict.fromkeys(suggestions))[:3],
            sure,
            [],
            notes,
        )

    def _twins_together(self, question: str, candidates: Candidates, ranked: Ranked) -> Ranked:
        """The ranking with the other printings of a first criterion right after it, so that all are cited; first
        comes that of a document which the question names, or of nearly equals the one with the fuller wording."""
        passages = self._snapshot.passages
        first = passages[int(ranked.rows[0])]
        if first.kind != "criterion" or first.code is None:
            return ranked
        twins = [
            place
            for place, row in enumerate(ranked.rows[:20].tolist())
            if passages[row].code == first.code and passages[row].kind == "criterion"
        ]
        if len(twins) < 2:
            return ranked
        named = named_criteria_document(question)

        def order(place: int) -> tuple[bool, bool, int]:
            passage = passages[int(ranked.rows[place])]
            near = float(ranked.scores[0] - ranked.scores[place]) < TWIN_MARGIN
            return (passage.document != named, not near, -len(passage.quote) if near else place)

        rest = [place for place in range(len(ranked.rows)) if place not in twins]
        places = np.array([*sorted(twins, key=order), *rest], np.int64)
        return Ranked(ranked.rows[places], ranked.scores, ranked.places[places])

    def _other_parts(self, question: str, passage: Passage, short: str) -> tuple[list[str], list[Citation]]:
        """What answers the other parts of a question of several, with the citations of other passages."""
        said: list[str] = []
        cited: list[Citation] = []
        for part in parts_of(question):
            candidates = self._retriever.candidates(self._retriever.lexicon.query(part))
            if not len(candidates.rows):
                continue
            ranked = rank(candidates)
            best_asked = float(candidates.features[:, 5].max())
            _, nearness = self._nearest_refusal(candidates.vector)
            sure = confidence(confidence_features(candidates, ranked, nearness, best_asked))
            other = self._snapshot.passages[int(ranked.rows[0])]
            text = self._said(candidates, ranked)
            if sure < PART_SURE or text in short or short in text or any(text in one for one in said):
                continue
            if other.id != passage.id:
                cited.append(citation(self._snapshot, other))
            said.append(text)
        return said, cited

    def _said(self, candidates: Candidates, ranked: Ranked) -> str:
        """The sentences of the first passage that answer, introduced as older where they are."""
        row, place = int(ranked.rows[0]), int(ranked.places[0])
        passage = self._snapshot.passages[row]
        number = int(candidates.best_question[place])
        alike = number >= 0 and float(candidates.features[place, 5]) >= ASKED_ALIKE
        short = short_answer(
            passage,
            candidates.query,
            candidates.vector,
            self._unit_vectors(row),
            self._retriever.statistics,
            self._snapshot.questions[number].answer if alike else None,
            self._votes(row, candidates),
        )
        return self._dated(passage, short)

    def _votes(self, row: int, candidates: Candidates) -> FloatArray:
        """For each unit of a passage, the likeness of the nearest bank question that its words answer."""
        units = self._snapshot.passages[row].units
        votes = np.zeros(len(units), np.float32)
        for number in np.flatnonzero(self._snapshot.question_rows == row):
            likeness = float(self._snapshot.question_vectors[number] @ candidates.vector)
            statistics = self._retriever.statistics
            likeness += 0.6 * statistics.share(candidates.query.terms, statistics.question_words[int(number)])
            answer = clean(self._snapshot.questions[int(number)].answer)
            for place, unit in enumerate(units):
                if likeness > votes[place] and (unit.text in answer or answer in unit.text):
                    votes[place] = likeness
        return votes

    def _dated(self, passage: Passage, short: str) -> str:
        """`short` introduced as older, where the passage is: never as today's duty."""
        if passage.before_model:
            return say("before_model", answer=re.sub(r"^Before the model, ", "", short))
        edition = next(doc.edition for doc in self._snapshot.documents if doc.slug == passage.document)
        name = OLDER.get(edition)
        return say(name, answer=short) if name else short

    def _with_other_editions(
        self, question: str, passage: Passage, citations: list[Citation], limit: int
    ) -> tuple[list[Citation], list[str]]:
        """The citations with those of the editions that differ after the first, and notes of what differs."""
        lowered = question.lower()
        for difference in differences():
            found = [(doc, quote, self._passage_of(doc, quote)) for doc, quote in difference.quotes]
            if not any(other and other.id == passage.id for _, _, other in found):
                continue
            if not any(cue in lowered for cue in difference.cues):
                continue
            others = [
                citation(self._snapshot, other, quote)
                for _, quote, other in found
                if other is not None and other.id != passage.id
            ]
            rest = [c for c in citations[1:] if c.passage_id not in {o.passage_id for o in others}]
            return [citations[0], *others, *rest][: max(limit, 2)], [difference.note]
        return citations, []

    def _lists(self, question: str, limit: int) -> GuidanceAnswer | None:
        """Answers that are complete lists: criteria by code or theme, reflection questions."""
        codes = asked_codes(question)
        if codes:
            found = [item for code in codes for item in list_criteria(self._snapshot, code)]
            if found:
                lines = [say("criteria_code", code=item.code, text=item.text) for item in found]
                return self._criteria(list(dict.fromkeys(lines)), [item.passage_id for item in found], limit)
            if re.search(r"criteri|standard|inspect", question, re.IGNORECASE):
                return GuidanceAnswer(
                    "not_in_guidance",
                    "refusal",
                    say("criteria_missing", code=", ".join(codes)),
                    confidence=1.0,
                )
        theme = asked_theme(question)
        if theme:
            found = list_criteria(self._snapshot, theme=theme)
            if found:
                unique = {item.code: item for item in reversed(found)}
                ordered = sorted(unique.values(), key=lambda item: item.code)
                lines = [say("criteria_theme", theme=theme.lower())]
                lines += [f"- {item.code} {item.text}" for item in ordered]
                return self._criteria(lines, [item.passage_id for item in found], max(limit, len(found)))
        if asks_reflection(question):
            passages = [
                p for p in self._snapshot.passages if p.section and p.section[-1] == "Reflection questions"
            ]
            if passages:
                query = self._retriever.lexicon.query(question)
                vector = self._retriever.encode(query)
                order = sorted(
                    passages,
                    key=lambda p: -float(self._snapshot.passage_vectors[self._rows[p.id]] @ vector),
                )
                lines = [say("reflection")]
                lines += [f"- {unit.text}" for p in order for unit in p.units if unit.is_item]
                return self._criteria(lines, [p.id for p in order], limit)
        return None

    def _criteria(self, lines: list[str], passage_ids: list[str], limit: int) -> GuidanceAnswer:
        citations = [
            citation(self._snapshot, self._snapshot.passages[self._rows[passage_id]])
            for passage_id in dict.fromkeys(passage_ids)
        ]
        return GuidanceAnswer("answered", "criteria", "\n".join(lines), citations[:limit], confidence=1.0)

    def _defined(
        self, entry: GlossaryEntry, ranked: Ranked, candidates: Candidates, best_asked: float, limit: int
    ) -> GuidanceAnswer | None:
        definition = self.definition(entry)
        if entry.source == "none":
            return GuidanceAnswer(
                "not_in_guidance", "refusal", definition.short, definition.citations[:1], confidence=1.0
            )
        retrieved = [
            citation(self._snapshot, self._snapshot.passages[int(row)]) for row in ranked.rows[:limit]
        ]
        first = definition.citations[:1]
        if best_asked > 0.78 and retrieved and entry.source != "general-knowledge":
            first = retrieved[:1]
        unique = {c.passage_id: c for c in [*first, *definition.citations, *retrieved]}
        notes = [definition.caveat] if definition.caveat else []
        status: Status = "answered" if definition.citations else "not_in_guidance"
        return GuidanceAnswer(
            status,
            "definition",
            definition.short,
            list(unique.values())[:limit] if definition.citations else [],
            confidence=0.95,
            notes=notes,
        )

    def definition(self, entry: GlossaryEntry) -> Definition:
        """A glossary entry with its citations, and the caveat its expansion needs."""
        citations = []
        for document, quote in entry.quotes:
            passage = self._passage_of(document, quote)
            if passage is not None:
                citations.append(citation(self._snapshot, passage))
        names = {"term": entry.term, "expansion": entry.expansion or ""}
        caveat = None
        if entry.source == "verbatim":
            short = say("definition", **names)
        elif entry.source == "editorial":
            short = say("definition_described", **names)
        elif entry.source == "general-knowledge":
            short = caveat = say("definition_general" if entry.quotes else "definition_not_used", **names)
        else:
            short = caveat = say("definition_unknown", **names)
        if entry.quotes and entry.source in ("verbatim", "editorial"):
            document, quote = entry.quotes[0]
            passage = self._passage_of(document, quote)
            if passage is not None and len(quote) > 60:
                said = self._dated(passage, _sentence_of(passage, quote))
                short = f"{said}" if entry.source == "editorial" else f"{short} {said}"
        if entry.note:
            short = f"{short} {entry.note}"
        return Definition(entry.term, entry.expansion, entry.source, short, caveat, citations)

    def _corrected(
        self, question: str, vector: FloatArray, best_asked: float, ranked: Ranked, limit: int
    ) -> GuidanceAnswer | None:
        """A correction, where the question takes for granted what the guidance contradicts."""
        if not presumes(question):
            return None
        best, score = None, 0.0
        for row, example in enumerate(self._snapshot.examples):
            if example.kind == "premise":
                nearness = float(self._snapshot.example_vectors[row] @ vector)
                if nearness > score:
                    best, score = example, nearness
        if best is None or score < max(PREMISE_ALIKE, best_asked - 0.08):
            return None
        premise = premises()[int(best.topic)]
        passage = self._passage_of(premise.document, premise.quote)
        if passage is None:
            return None
        first = citation(self._snapshot, passage)
        rest = [
            citation(self._snapshot, self._snapshot.passages[int(row)])
            for row in ranked.rows[:limit]
            if self._snapshot.passages[int(row)].id != passage.id
        ]
        short = say("correction", correction=premise.correction, answer=_sentence_of(passage, premise.quote))
        return GuidanceAnswer("answered", "correction", short, [first, *rest][:limit], confidence=score)

    def _uncovered(self, topic: RefusalTopic | None, choices: list[Choice], sure: float) -> GuidanceAnswer:
        name = "not_in_guidance_named" if topic else "not_in_guidance"
        short = f"{say(name, topic=topic.topic if topic else '')} {say('suggest_source')}"
        suggestions = [
            f"What does the guidance say about {choice.title}?" for choice in choices if choice.title
        ]
        return GuidanceAnswer("not_in_guidance", "refusal", short, [], suggestions, sure, [])

    def _nearest_refusal(self, vector: FloatArray) -> tuple[RefusalTopic | None, float]:
        if not len(self._snapshot.examples):
            return None, 0.0
        scores = self._snapshot.example_vectors @ vector
        scores[[e.kind == "premise" for e in self._snapshot.examples]] = -1.0
        row = int(np.argmax(scores))
        example = self._snapshot.examples[row]
        topic = next(
            (t for t in refusal_topics() if t.kind == example.kind and t.topic == example.topic), None
        )
        return topic, float(scores[row])

    def _choice(self, row: int) -> Choice:
        passage = self._snapshot.passages[row]
        heading = next((part for part in reversed(passage.section) if len(part) > 4), "")
        heading = re.sub(r"^(?:Example of effectiveness|Case illustration): ", "", heading)
        if passage.code:
            heading = f"criterion {passage.code}"
        return Choice(heading, passage.id, f"/guidance/{passage.document}#{passage.id}")

    def _unit_vectors(self, row: int) -> FloatArray:
        vectors: FloatArray = self._snapshot.unit_vectors[self._snapshot.unit_rows == row]
        return vectors

    def _passage_of(self, document: str, quote: str) -> Passage | None:
        finder = self._finders.get(document)
        passage_id = finder.passage_of(quote) if finder else None
        return self._snapshot.passages[self._rows[passage_id]] if passage_id in self._rows else None


def _sentence_of(passage: Passage, quote: str) -> str:
    """The sentence or sentences of a passage that hold `quote`, for reading."""
    wanted = clean(quote)
    found = " ".join(unit.text for unit in passage.units if wanted[:60] in unit.text or unit.text in wanted)
    return (
        found
        if found and len(found) < len(wanted) + 200
        else first_sentences(wanted[:1].upper() + wanted[1:])
    )


def _refuse(topic: RefusalTopic, sure: float) -> GuidanceAnswer:
    short = topic.reply or say("out_of_scope")
    return GuidanceAnswer(topic.kind, "refusal", short, confidence=min(1.0, sure))
