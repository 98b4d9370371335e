"""The one or two sentences that answer, taken from the passage, and the words put around them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.blocks import clean
from knowledge.catalogue import load_yaml
from knowledge.cues import asks_number, asks_time, states_number, states_time
from knowledge.embedding import FloatArray
from knowledge.lexicon import Query, stem, tokens
from knowledge.passages import Passage, Unit
from knowledge.retrieval import WordStatistics
from knowledge.sentences import split_sentences

SHORT_CHARACTERS = 460
LIST_ITEMS = 12
STATED = 0.35  # what it counts that a sentence states a time or figure where one is asked for
PARALLEL = 0.55  # share of words from which two units say the same of different cases
VOTE = 1.2  # what the likeness of a reviewed question counts beside the meaning of the sentence itself
SCANT = 80
RUN = 3  # sentences at most that are given from one passage
RUN_CHARACTERS = 600  # what they may add up to
NEIGHBOUR = 0.3  # share of the best sentence's score from which its neighbour is given with it
_POINTS_BACK = re.compile(r"(?:This|These|That|They|It|He|She|Such|Those|However|Therefore|In addition)\b")
_BARE_LEAD = re.compile(r"(?:They|These|This|It|He or she)\b.{0,40}$")
_ASKS_LIST = re.compile(
    r"\b(?:list|what are the|which are|all the|give me|name the|examples? of|what (?:sort|kind|type)s?|"
    r"what (?:things|tasks|criteria|services|activities|courses|jobs|duties|topics|themes|principles|steps)|"
    r"who (?:gets|qualifies|counts)|what(?:'s|s| is)? (?:in|included)|"
    r"what do(?:es)? .* (?:do|include|cover|involve)|"
    r"duties|responsibilities|how many)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """The catalogue of texts.yaml."""
    return {name: str(text) for name, text in load_yaml(Path(__file__).with_name("texts.yaml")).items()}


def say(name: str, **values: str) -> str:
    """A text of the catalogue with its names filled in."""
    return texts()[name].format(**values)


def is_list(passage: Passage) -> bool:
    """Whether a passage is a list of at least two items."""
    return sum(unit.is_item for unit in passage.units) >= 2


def short_answer(
    passage: Passage,
    query: Query,
    vector: FloatArray,
    unit_vectors: FloatArray,
    statistics: WordStatistics,
    bank_answer: str | None = None,
    votes: FloatArray | None = None,
) -> str:
    """The sentences of `passage` that answer `query`.

    `unit_vectors` are those of the passage's units; `bank_answer` the verbatim words that a reviewed
    question, nearly the same as this one, points to; `votes` how alike are the reviewed questions that each unit
    answers. A list is given with its lead-in and items when the
    question asks for a list.
    """
    if bank_answer:
        answer = clean(bank_answer)
        named = [u for u in passage.units if u.is_item and u.text.rstrip(" .;") in answer]
        if len(named) > 1 and is_list(passage):
            return _listed(passage, named)
        if answer.endswith(":") and is_list(passage):
            return whole_list(passage)
        alone = not any(_parallel(answer, unit.text) for unit in passage.units if unit.text not in answer)
        whole = next((unit.text for unit in passage.units if answer in unit.text), answer)
        if answer[:1].islower() and len(whole) <= SHORT_CHARACTERS:
            answer = whole  # the words quoted begin in the middle of a sentence
        scant = len(answer) < SCANT and passage.kind == "paragraph"  # "This is vital." says too little alone
        if (
            len(answer) <= SHORT_CHARACTERS
            and " " in answer
            and passage.kind != "row"
            and alone
            and not scant
        ):
            return _with_lead(passage, answer)
    if passage.kind == "row":
        return _best_of_row(passage, query, vector, unit_vectors, statistics)
    scores = unit_scores(passage, query, vector, unit_vectors, statistics)
    if votes is not None and len(votes) == len(scores):
        scores = scores + VOTE * votes
    states = (
        states_time if asks_time(query.original) else states_number if asks_number(query.original) else None
    )
    if states is not None:
        scores = scores + STATED * np.array([states(unit.text) for unit in passage.units], np.float32)
    best = int(np.argmax(scores))
    if is_list(passage) and _wants_list(passage, query, scores, best):
        return whole_list(passage)
    if bank_answer:
        within = [i for i, unit in enumerate(passage.units) if unit.text in clean(bank_answer)]
        if within:
            best = max(within, key=lambda i: scores[i])
    chosen = [best]
    unit = passage.units[best]
    if unit.text.endswith(":") and best + 1 < len(passage.units):  # its own items follow
        under = "; ".join(other.text.rstrip(".;") for other in passage.units[best + 1 : best + 5])
        return first_sentences(f"{unit.text} {under}", 2 * SHORT_CHARACTERS)
    alike = [i for i, also in enumerate(passage.units) if i != best and _parallel(unit.text, also.text)]
    for other in alike[:3]:
        also = passage.units[other].text
        if len(unit.text) + len(also) < SHORT_CHARACTERS:
            chosen += [other] if not also.endswith(":") else []
    told = states is not None and bool(states(unit.text))  # the time or number asked for stands in it
    if not alike and not told:
        chosen = _run_around(passage.units, scores, best)
    if len(chosen) > 1 and all(passage.units[i].is_item for i in chosen):
        return _with_lead(passage, "; ".join(passage.units[i].text.rstrip(".;") for i in sorted(chosen)))
    text = " ".join(passage.units[i].text for i in sorted(chosen))
    return _with_lead(passage, text)


def _run_around(units: tuple[Unit, ...], scores: FloatArray, best: int) -> list[int]:
    """The best unit with its neighbours, while they are about the question too: sentences that follow each other
    can be read together, sentences picked from here and there cannot. A sentence that points back ("This is
    why ...") brings the one before it."""
    first = last = best
    size = len(units[best].text)
    while last - first + 1 < RUN:
        points_back = first > 0 and bool(_POINTS_BACK.match(units[first].text))
        near = [first - 1] if points_back else [i for i in (first - 1, last + 1) if 0 <= i < len(units)]
        near = [
            i
            for i in near
            if units[i].is_item == units[best].is_item
            and not units[i].text.endswith(":")
            and size + len(units[i].text) <= RUN_CHARACTERS
            and (points_back or scores[i] > NEIGHBOUR * scores[best])
        ]
        if not near:
            break
        other = max(near, key=lambda i: scores[i])
        first, last = min(first, other), max(last, other)
        size += len(units[other].text) + 1
    return list(range(first, last + 1))


def _parallel(one: str, other: str) -> bool:
    """Whether two units say the same of different cases ("less than 24 months ..." and "more than 24 months ..."),
    so that giving one without the other could mislead."""
    a, b = set(tokens(one)), set(tokens(other))
    return min(len(a), len(b)) > 5 and len(a & b) / len(a | b) >= PARALLEL


def unit_scores(
    passage: Passage, query: Query, vector: FloatArray, unit_vectors: FloatArray, statistics: WordStatistics
) -> FloatArray:
    """How well each unit of a passage answers: by meaning and by the words it shares."""

    shares = [
        statistics.share(query.terms, frozenset(stem(word) for word in tokens(unit.text)))
        for unit in passage.units
    ]
    scores: FloatArray = unit_vectors @ vector + 0.5 * np.array(shares, np.float32)
    return scores


def _wants_list(passage: Passage, query: Query, scores: FloatArray, best: int) -> bool:
    items = [i for i, unit in enumerate(passage.units) if unit.is_item]
    if not passage.units[best].is_item and passage.units[best].text.endswith(":"):
        return True
    strong = sum(1 for i in items if scores[i] > 0.85 * scores[best])
    return bool(_ASKS_LIST.search(query.original)) and (strong >= min(3, len(items)) or len(items) <= 8)


def whole_list(passage: Passage) -> str:
    """A list in words: its lead-in, then its items, the last ones left to the quote when there are many."""
    return _listed(passage, [unit for unit in passage.units if unit.is_item])


def _listed(passage: Passage, named: Sequence[Unit]) -> str:
    """Items of a list under its lead-in; under its heading too where the lead-in names nobody ("They will:")."""
    leads = [unit.text for unit in passage.units if not unit.is_item]
    heading = passage.section[-1] if passage.section else ""
    lead = " ".join(leads[-2:]) if leads else (passage.context or heading)
    if heading and _BARE_LEAD.match(lead):
        lead = f"{heading}\n{lead}"
    items = [unit.text.rstrip(" .;,") for unit in named]
    shown = items[:LIST_ITEMS]
    more = f"\n(and {len(items) - len(shown)} more, quoted below)" if len(items) > len(shown) else ""
    return f"{lead.rstrip(':')}:\n" + "\n".join(f"- {item}" for item in shown) + more


def _with_lead(passage: Passage, text: str) -> str:
    """`text` with the lead-in it depends on, when it is an item of a list."""
    item = next(
        (u for u in passage.units if u.is_item and (text in u.text or text.startswith(u.text.rstrip(".;")))),
        None,
    )
    if item is None or passage.kind == "finding" or len(text) > SHORT_CHARACTERS:
        return text  # what stands over a finding is the criterion: what was expected, not what was found
    first = passage.units[0]
    lead = first.text if not first.is_item else passage.context
    heading = passage.section[-1] if passage.section else ""
    if (
        (not lead or _BARE_LEAD.match(lead))
        and 3 < len(heading) < 80
        and not heading.startswith(("Finding", "Summary", "Area", "National"))
    ):
        return f"{heading}: {text}"  # the heading is what the list is of ("Automatic Early Allocation")
    if not lead or len(lead) > 300 or lead == text:
        return text
    return f"{lead.rstrip(': ')}: {text}" if lead.rstrip().endswith(":") else f"{lead} {text}"


def _best_of_row(
    passage: Passage, query: Query, vector: FloatArray, unit_vectors: FloatArray, statistics: WordStatistics
) -> str:
    """A spelled-out table row; of a long one, its title and the cells that the question is about."""
    if len(passage.text) <= SHORT_CHARACTERS:
        return passage.text
    scores = unit_scores(passage, query, vector, unit_vectors, statistics)
    best = max(range(1, len(passage.units)), key=lambda i: scores[i], default=0)
    named = [i for i, unit in enumerate(passage.units) if _names_tier(unit, query)]
    picked = named or [best]
    return " ".join([passage.units[0].text, *(passage.units[i].text for i in picked if i)])


def _names_tier(unit: Unit, query: Query) -> bool:
    found = re.search(r"\btier ([a-d])\b", query.original, re.IGNORECASE)
    return bool(found) and unit.text.startswith(f"Tier {found.group(1).upper()}") if found else False


def first_sentences(text: str, limit: int = SHORT_CHARACTERS) -> str:
    """The first sentences of `text` that fit in `limit` characters (at least one)."""
    taken: list[str] = []
    for sentence in split_sentences(text.replace("\n", " ")):
        if taken and len(" ".join([*taken, sentence])) > limit:
            break
        taken.append(sentence)
    return " ".join(taken)
