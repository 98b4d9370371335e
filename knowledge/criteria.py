"""Inspection criteria and lists: criteria by code or theme, expectations, reflection questions, findings."""

import re

from knowledge.answers import Criterion
from knowledge.index import Snapshot
from knowledge.lexicon import STOP_WORDS, stem, tokens
from knowledge.passages import CRITERION, Passage
from knowledge.sentences import split_sentences

CODE = re.compile(r"\b([1-4])\s?\.\s?(\d)\s?\.?\s?\(?([a-j])\)?(?![a-z])", re.IGNORECASE)

# what a theme is called by those who ask, by the stems that name it; in the order in which a tie is settled
THEMES: dict[str, tuple[str, ...]] = {
    "Victims": ("victim",),
    "Public Protection": ("public", "protect", "mappa", "roh", "harm"),
    "Diversity": ("divers", "equality", "disabil", "minority", "race", "bme"),
    "Offender Engagement": ("engag", "motivat"),
    "OASys": ("oasys", "criminogenic"),
    "Sentence Planning Delivery": ("deliver", "intervent", "programm", "sequenc"),
    "Sentence Planning": ("plan", "sentenc"),
    "Communication between prison and probation": ("communicat", "self-harm", "liais"),
    "Offender Management Model": ("model", "resourc", "induct", "role", "continuity"),
    "Strategic liaison and working relationship with probation areas": ("union", "strateg"),
    "Leadership": ("leadership", "lead", "manag"),
}

_ASKS_CRITERIA = re.compile(
    r"\b(?:criteri(?:on|a)|inspect(?:or|ors|ion|ed|orate)?|omi\b|roh ?im|hmip|"
    r"what do (?:they|inspectors) look)",
    re.I,
)
_LOOK_FOR = re.compile(
    r"look(?:ing|ed|s)? (?:for|at)|criteri|expect|check|assess|judge|measure|mark|against|standard", re.I
)
_REFLECTION = re.compile(
    r"\breflect(?:ion|ive|ing)? (?:questions?|prompts?|exercises?|points?)\b|"
    r"\b(?:questions?|prompts?) (?:to|for|that) (?:ask|think|reflect|reflection|help me reflect)\b",
    re.I,
)
_REPORT = re.compile(
    r"york|humber|\by ?(?:&|and) ?h\b|2008|the (?:inspection )?report|that report|"
    r"what did (?:the )?inspect(?:ors|ion) find|found in",
    re.I,
)


_FOUND = re.compile(
    r"\b(?:find|found|finding|findings|say|said|report|conclude|concluded|think|thought)\b", re.I
)
_EXACT = re.compile(
    r"\b(?:how many|what (?:percent\w*|share|proportion)|survey\w*|when|who|per ?cent|recommend\w*)\b|%", re.I
)
MOST_WORDS = (
    2  # content words up to which a subject is one to list by; a question with more asks for one passage
)

_GENERIC_WORDS = "inspector inspectors inspection look looks looking criteria criterion expect expected check"
_GENERIC_WORDS += (
    " judge list show assess measure mark standards standard against omi hmip hmi custody prison"
)
_GENERIC_WORDS += (
    " probation theme area around report find found finding findings say said york yorks yorkshire humber"
)
_GENERIC_WORDS += " humberside 2008 region joint old think thought conclude prisons main issue"
_GENERIC_WORDS += " tell give cover apply relate y h"
_GENERIC = frozenset(stem(word) for word in _GENERIC_WORDS.split())


def asked_codes(question: str) -> tuple[str, ...]:
    """Codes of criteria named in a question, as printed: "2.2 B" is "2.2b"."""
    return tuple(dict.fromkeys(f"{a}.{b}{c.lower()}" for a, b, c in CODE.findall(question)))


def asked_criteria(question: str) -> tuple[str | None, frozenset[str]] | None:
    """The theme whose criteria a question asks for ("what do inspectors look for on victims?"), or else the stems of
    the subject ("... on recall?"); None where it asks for no list of criteria."""
    if _REPORT.search(question) or not (_ASKS_CRITERIA.search(question) and _LOOK_FOR.search(question)):
        return None
    return _subject(question)


def asked_findings(question: str) -> tuple[str | None, frozenset[str]] | None:
    """The theme or the subject on which a question asks what the 2008 report found; None for anything more exact,
    which one passage answers."""
    if not (_REPORT.search(question) and _FOUND.search(question)) or _EXACT.search(question):
        return None
    return _subject(question)


def _subject(question: str) -> tuple[str | None, frozenset[str]] | None:
    stems = [stem(word) for word in tokens(question) if word not in STOP_WORDS]
    left = [word for word in stems if word not in _GENERIC]
    theme = theme_of(" ".join(tokens(question)))
    if theme is not None:
        named = {stem(word) for word in tokens(theme)}
        belongs = all(word in named or any(word.startswith(s) for s in THEMES[theme]) for word in left)
        if belongs and named & set(left):
            return theme, frozenset()
    return (None, frozenset(left)) if 1 <= len(left) <= MOST_WORDS else None


def theme_of(text: str) -> str | None:
    """The theme that `text` names, or None."""
    words = [stem(word) for word in tokens(text)]
    scores = {
        theme: sum(1 for word in words if any(word.startswith(s) for s in stems))
        for theme, stems in THEMES.items()
    }
    lowered = text.lower()
    for theme in THEMES:
        if theme.lower() in lowered:
            scores[theme] += 5 * len(theme.split())  # "sentence planning delivery" is not sentence planning
    best = max(scores, key=lambda theme: scores[theme])
    return best if scores[best] else None


_NAMED_DOCUMENTS = (
    ("omi-report-yorkshire-humberside-2008", _REPORT),
    (
        "omi-risk-of-harm-module-2007",
        re.compile(
            r"\brohim\b|\bro?sh? module\b|risk of (?:serious )?harm (?:inspection )?module|\b2007\b", re.I
        ),
    ),
    (
        "omi-criteria-custody",
        re.compile(r"\bcustody criteria\b|criteria (?:\(|for |in )custody|\bthemes?\b", re.I),
    ),
)


def named_criteria_document(question: str) -> str | None:
    """The document with inspection criteria that a question names, by title or year, or None."""
    return next((slug for slug, pattern in _NAMED_DOCUMENTS if pattern.search(question)), None)


def asks_reflection(question: str) -> bool:
    """Whether a question asks for reflection questions."""
    return bool(_REFLECTION.search(question))


def about(passage: Passage, theme: str | None, subject: frozenset[str]) -> bool:
    """Whether a criterion or finding is printed under a theme, or uses every word of a subject."""
    if theme is not None:
        return theme.lower() in criterion_theme(passage).lower()
    words = {stem(word) for word in tokens(passage.text)}
    return bool(subject) and subject <= words


def list_findings(snapshot: Snapshot, theme: str | None, subject: frozenset[str]) -> list[Criterion]:
    """The findings of the report on a theme or a subject, each with the code of the criterion it was made against."""
    found: list[Criterion] = []
    for passage in snapshot.passages:
        code = re.match(r"(\d\.\d[a-z])", passage.section[-1]) if passage.section else None
        if code is None or passage.kind == "criterion" or not about(passage, theme, subject):
            continue
        said = [sentence for unit in passage.units for sentence in split_sentences(unit.text)]
        if subject:
            said = [text for text in said if subject <= {stem(word) for word in tokens(text)}] or said
        found.append(
            Criterion(code.group(1), criterion_theme(passage), " ".join(said), passage.id, passage.document)
        )
    return found


def list_criteria(
    snapshot: Snapshot,
    code: str | None = None,
    theme: str | None = None,
    subject: frozenset[str] = frozenset(),
) -> list[Criterion]:
    """The criteria with a code, of a theme, on a subject, or all of them, in the order of the documents."""
    found: list[Criterion] = []
    for passage in snapshot.passages:
        if passage.kind != "criterion" or passage.code is None:
            continue
        if code is not None and passage.code != code:
            continue
        if (theme is not None or subject) and not about(passage, theme, subject):
            continue
        text = CRITERION.sub("", passage.text.lstrip("• ")).strip(" .:")
        found.append(Criterion(passage.code, criterion_theme(passage), text, passage.id, passage.document))
    return found


def criterion_theme(passage: Passage) -> str:
    """The theme that a criterion is printed under."""
    theme = " > ".join(part for part in passage.section if "Specific Criteri" not in part)
    return re.sub(r"^OMI CRITERIA - CUSTODY > |\b\d(?:\.\d)?\.? (?:General Criterion: )?", "", theme)
