"""From a question to an answer: what is asked, what the passages say, and whether that answers it."""

import re

import numpy as np

from knowledge.answers import Choice, Citation, GuidanceAnswer, Kind
from knowledge.blocks import clean, collapse
from knowledge.citing import OLDER, Shelf
from knowledge.correcting import correction
from knowledge.criteria import named_criteria_document
from knowledge.cues import cued_documents, parts_of
from knowledge.defining import definition_answer
from knowledge.differences import with_other_editions
from knowledge.embedding import FloatArray
from knowledge.glossary import Glossary
from knowledge.listing import list_answer
from knowledge.passages import Passage
from knowledge.ranking import Ranked, confidence, confidence_features, rank, shipped_weights
from knowledge.refusal import RefusalTopic, asserts, forbidden_by_pattern, only_resembles, refusal_topics
from knowledge.retrieval import FEATURES, Candidates
from knowledge.shortfalls import falls_short
from knowledge.wording import say, short_answer

ASKED_ALIKE = 0.75  # cosine from which a bank question is taken to ask the same
SAME_REFUSAL = 0.9  # cosine from which a question is an example of a question to refuse, whatever was added
NAMED_ALIKE = 0.38  # cosine from which an example of another subject says why a question is refused
CLEARLY_REFUSED = 0.55  # cosine from which an example of a question to refuse decides,
NEARER = 0.05  # if it is nearer than any bank question by this
TWIN_MARGIN = 1.0  # of the score, within which two printings of a criterion are equally near
OLDER_MARGIN = 0.4  # of the score, within which a passage of today's documents comes before an older one
PART_SURE = 0.6  # confidence from which a further part of a question is answered beside the first
_ASKED = FEATURES.index("asked")


class Answerer:
    """Answers questions from one version of the index."""

    def __init__(self, shelf: Shelf, glossary: Glossary) -> None:
        self.shelf = shelf
        self._retriever = shelf.retriever
        self._snapshot = shelf.snapshot
        self._glossary = glossary

    def answer(self, question: str, limit: int) -> GuidanceAnswer:
        """The answer to `question`; see Guidance.ask."""
        question = collapse(question)
        if not re.search(r"\w", question):
            return GuidanceAnswer("not_in_guidance", "refusal", say("empty"))
        forbidden = forbidden_by_pattern(question)
        if forbidden:
            return _refuse(forbidden, 1.0)
        listed = list_answer(self.shelf, question, limit)
        if listed:
            return listed
        query = self._retriever.lexicon.query(question)
        candidates = self._retriever.candidates(query)
        if not len(candidates.rows):
            return self._uncovered(None, [], 0.0)
        ranked = rank(candidates)
        asked = self._glossary.asked(question)
        topic, nearness = self._nearest_refusal(candidates.vector)
        best_asked = float(candidates.features[:, _ASKED].max())
        if topic and only_resembles(question, topic, len(candidates.query.terms), nearness):
            topic, nearness = None, min(nearness, best_asked)
        ranked = self._today_first(question, self._twins_together(question, candidates, ranked))
        signals = confidence_features(candidates, ranked, nearness, best_asked)
        sure = confidence(signals)
        if (
            signals["added"]
            and sure >= shipped_weights().hedge
            and (topic is None or nearness < SAME_REFUSAL)
        ):
            topic, nearness = None, 0.0  # a document that users added may be about what the others leave out
        if self._falls_short(question, ranked, candidates):
            sure = min(sure, shipped_weights().answer - 0.01)
        if asked and asked[1] is None:
            return GuidanceAnswer(
                "not_in_guidance", "refusal", say("definition_missing", term=asked[0]), confidence=1 - sure
            )
        if asked and asked[1]:
            retrieved = self.shelf.cite_rows(ranked.rows[:limit].tolist())
            return definition_answer(self.shelf, asked[1], retrieved, best_asked, limit)
        corrected = correction(
            self.shelf, question, candidates.vector, max(best_asked, nearness), ranked, limit
        )
        if corrected:
            return corrected
        clearly = nearness > max(CLEARLY_REFUSED, best_asked + NEARER) or sure < shipped_weights().offer
        if topic and topic.kind != "not_in_guidance" and nearness > NAMED_ALIKE and clearly:
            return _refuse(topic, nearness)
        return self._decide(question, candidates, ranked, sure, topic, nearness, best_asked, limit)

    def signals(self, question: str) -> tuple[dict[str, float], Passage | None]:
        """The signals of confidence for a question and the passage it would be answered with; for fitting."""
        candidates = self._retriever.candidates(self._retriever.lexicon.query(collapse(question)))
        if not len(candidates.rows):
            return {}, None
        ranked = self._today_first(question, self._twins_together(question, candidates, rank(candidates)))
        _, nearness = self._nearest_refusal(candidates.vector)
        found = confidence_features(candidates, ranked, nearness, float(candidates.features[:, _ASKED].max()))
        return found, self.shelf.passage(int(ranked.rows[0]))

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
        citations = self.shelf.cite_rows(ranked.rows[:limit].tolist())
        if sure >= weights.answer:
            return self._say(question, candidates, ranked, citations, sure, limit)
        near_topic = topic if topic and nearness > max(CLEARLY_REFUSED, best_asked + NEARER) else None
        if sure >= weights.offer and near_topic is None:
            choices = [self.shelf.choice(int(row)) for row in ranked.rows[:3]]
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
        return self._uncovered(near_topic, [self.shelf.choice(int(row)) for row in ranked.rows[:2]], 1 - sure)

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
        if asserts(question):
            short = say("check_premise", answer=short)  # what it took for granted may be wrong
        citations, notes = with_other_editions(self.shelf, question, passage, citations, limit)
        if notes:
            short = "\n\n".join([short, *notes])
        suggestions = [
            f"What does the guidance say about {choice.title}?"
            for choice in (self.shelf.choice(int(other)) for other in ranked.rows[1:8])
            if choice.title
            and self._snapshot.passages[self.shelf.rows[choice.passage_id]].section != passage.section
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

    def _today_first(self, question: str, ranked: Ranked) -> Ranked:
        """The ranking with the best passage of today's documents before an older one that is hardly nearer, unless the
        question is about the past or about inspection standards."""
        rows = ranked.rows.tolist()
        if not self._is_older(rows[0]) or cued_documents(question):
            return ranked
        newer = next((place for place, row in enumerate(rows[:10]) if not self._is_older(row)), None)
        if newer is None or float(ranked.scores[0] - ranked.scores[newer]) > OLDER_MARGIN:
            return ranked
        places = np.array([newer, *(place for place in range(len(rows)) if place != newer)], np.int64)
        return Ranked(ranked.rows[places], ranked.scores, ranked.places[places])

    def _is_older(self, row: int) -> bool:
        passage = self.shelf.passage(row)
        return passage.before_model or self.shelf.edition(passage) in OLDER

    def _falls_short(self, question: str, ranked: Ranked, candidates: Candidates) -> bool:
        row, number = int(ranked.rows[0]), int(candidates.best_question[ranked.places[0]])
        statistics = self._retriever.statistics
        known = statistics.passage_words[row]
        if number >= 0:
            known |= statistics.question_words[number]
        return falls_short(
            question, self.shelf.passage(row), known, self._is_older(row), self._retriever.lexicon
        )

    def _other_parts(self, question: str, passage: Passage, short: str) -> tuple[list[str], list[Citation]]:
        """What answers the other parts of a question of several, with the citations of other passages."""
        said: list[str] = []
        cited: list[Citation] = []
        for part in parts_of(question):
            candidates = self._retriever.candidates(self._retriever.lexicon.query(part))
            if not len(candidates.rows):
                continue
            ranked = rank(candidates)
            best_asked = float(candidates.features[:, _ASKED].max())
            _, nearness = self._nearest_refusal(candidates.vector)
            sure = confidence(confidence_features(candidates, ranked, nearness, best_asked))
            other = self._snapshot.passages[int(ranked.rows[0])]
            text = self._said(candidates, ranked)
            if sure < PART_SURE or text in short or short in text or any(text in one for one in said):
                continue
            if other.id != passage.id:
                cited.append(self.shelf.cite(other))
            said.append(text)
        return said, cited

    def _said(self, candidates: Candidates, ranked: Ranked) -> str:
        """The sentences of the first passage that answer, introduced as older where they are."""
        row, place = int(ranked.rows[0]), int(ranked.places[0])
        passage = self._snapshot.passages[row]
        number = int(candidates.best_question[place])
        alike = number >= 0 and float(candidates.features[place, _ASKED]) >= ASKED_ALIKE
        short = short_answer(
            passage,
            candidates.query,
            candidates.vector,
            self.shelf.unit_vectors(row),
            self._retriever.statistics,
            self._snapshot.questions[number].answer if alike else None,
            self._votes(row, candidates),
        )
        return self.shelf.dated(passage, short)

    def _votes(self, row: int, candidates: Candidates) -> FloatArray:
        """For each unit of a passage, the likeness of the nearest bank question that its words answer."""
        units = self._snapshot.passages[row].units
        votes = np.zeros(len(units), np.float32)
        for number in np.flatnonzero(self._snapshot.question_rows == row):
            likeness = float(self._snapshot.question_vectors[number] @ candidates.vector)
            statistics = self._retriever.statistics
            likeness += 0.6 * statistics.share(candidates.query.terms, statistics.question_words[int(number)])
            answer = clean(self._snapshot.questions[int(number)].answer)
            answers = [unit.text in answer or answer in unit.text for unit in units]
            if all(answers):
                continue  # the whole passage answers it: that tells none of its sentences apart
            for place in np.flatnonzero(answers):
                votes[place] = max(votes[place], likeness)
        return votes

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


def _refuse(topic: RefusalTopic, sure: float) -> GuidanceAnswer:
    short = topic.reply or say("out_of_scope")
    return GuidanceAnswer(topic.kind, "refusal", short, confidence=min(1.0, sure))
