"""One value a field: what a message says in the end, and what follows from it."""

import re

from assistant.nlu.facts.dates import day_of
from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.text import Text

MANY = frozenset({
    "date", "duration", "not_known", "needs_detail", "personal_name", "establishment", "prison_number",
    "other_date", "edition",
})  # fmt: skip
"""Entities of which a message may have several."""

_CORRECTION = {
    "no", "not", "sorry", "meant", "actually", "now", "was", "changed", "rather", "mean", "instead", "to",
}  # fmt: skip
_CHOICE = {"or", "/", "and", "v", "vs", "versus"}
_INDETERMINATE = {"life", "ipp"}
_PAROLE_FIELDS = {
    "parole_eligibility_date", "first_parole_eligibility_date", "next_parole_eligibility_date",
    "parole_decision",
}  # fmt: skip


def settle(facts: list[Fact], text: Text) -> list[Fact]:
    """The facts in order, each field once: the last value said, or none where the message offers a choice."""
    by_field: dict[str, list[Fact]] = {}
    for fact in sorted(_hearing_outcomes(facts, text), key=lambda fact: (fact.start, fact.end)):
        by_field.setdefault(fact.field, []).append(fact)
    kept: list[Fact] = []
    for field, found in by_field.items():
        said = [fact for fact in found if not fact.derived] or found
        said = [fact for fact in said if _words_before(text, fact, None)[-1:] not in _TAKEN_BACK] or said
        said = [
            fact
            for previous, fact in zip([None, *said], said, strict=False)
            if not _BEFORE_NOW & set(_words_before(text, fact, previous))
        ] or said
        if field == "legal_status" and any(fact.value == "sentenced" for fact in said):
            said = [fact for fact in said if fact.value == "sentenced"]  # on remand for something else
        if field in MANY:
            kept += found
        elif field == "sentence_length_months" and not _corrects(text):
            kept.append(
                max(said, key=lambda fact: int(fact.value))
            )  # the custodial part stands beside the whole
        elif len(said) < 2 or said[-1].value == said[-2].value or not _is_a_choice(text, said[-2], said[-1]):
            kept.append(said[-1])
    kept = _as_of_now(_joined(kept), text)
    known = {fact.field for fact in kept}
    kept = [fact for fact in kept if fact.field != "not_known" or fact.value not in known]
    kept = [fact for fact in kept if fact.field != "needs_detail" or fact.value["field"] not in known]
    return sorted([*kept, *_worked_out(kept)], key=lambda fact: (fact.start, fact.end))


_SENTENCED = {
    "conditional_release_date",
    "automatic_release_date",
    "sentence_length_months",
    "tariff_expiry_date",
    "recall_type",
}
_BY_HISTORY = {"recall_type", "recall_return_date"}


def _as_of_now(facts: list[Fact], text: Text) -> list[Fact]:
    """Without what lies behind: an earlier recall, a remand of someone who is serving a sentence since.

    A person to be sentenced has no sentence date yet.
    """
    values = {fact.field: fact.value for fact in facts}
    gone: set[str] = set()
    if values.get("legal_status") == "remand" and _BEFORE_SENTENCE.search(text.canonical):
        facts = [
            Fact("was_on_remand", True, f.start, f.end) if f.field == "legal_status" else f for f in facts
        ]
    serving = any(values.get(name) is not None for name in _SENTENCED)
    if values.get("legal_status") == "remand" and serving:
        gone.add("legal_status")
    if "recall_type" in values or any(fact.field == "needs_detail" for fact in facts):
        gone.add("licence_case")  # released on licence before the recall
    derived = any(fact.field == "legal_status" and fact.derived for fact in facts)
    if values.get("legal_status") == "convicted_unsentenced" and derived and serving:
        gone.add("legal_status")
    elif values.get("legal_status") == "convicted_unsentenced":
        gone.add("sentence_date")
    if _RELEASED_AGAIN.search(text.canonical):
        gone |= _BY_HISTORY
        facts = [f for f in facts if f.field != "needs_detail" or f.value["field"] != "recall_type"]
    return [fact for fact in facts if fact.field not in gone]


_BEFORE_SENTENCE = re.compile(r"\bremand(?:ed)?\b(?: \S+){0,4} before (?:\S+ ){0,3}sentenc")
_RELEASED_AGAIN = re.compile(
    r"\brecall(?:ed)? (?:\S+ ){0,8}?(?:re ?released|re release|released again"
    r"|let out again|then released)\b(?! (?:again|and) recalled)"
)


def _joined(facts: list[Fact]) -> list[Fact]:
    """A year and a day said apart made one date: "TED is 2030 not 2029, 14 August"."""
    years = [fact for fact in facts if fact.field.endswith("_date") and _part(fact, 4)]
    days = [fact for fact in facts if fact.field == "date" and _part(fact, 7).startswith("--")]
    if len(years) != 1 or len(days) != 1:
        return facts
    year, day = years[0], days[0]
    month, number = (int(part) for part in _part(day, 7)[2:].split("-"))
    value = day_of(int(_part(year, 4)), month, number, day.value["partial"])
    whole = Fact(year.field, value, year.start, max(year.end, day.end), year.derived)
    return [whole if fact is year else fact for fact in facts if fact is not day]


def _part(fact: Fact, length: int) -> str:
    """What is known of a date that is not whole, if it is written in so many characters."""
    partial = fact.value.get("partial", "") if isinstance(fact.value, dict) else ""
    return partial if len(partial) == length else ""


_TAKEN_BACK = (["said"], ["put"], ["typed"], ["wrote"])
"""A word before what was said by mistake: "it was IPP, I said life"."""
_BEFORE_NOW = {"was", "were", "formerly", "previously", "originally"}
"""Words before what no longer holds, where something else does: "formerly CRC, now NPS"."""


def _words_before(text: Text, fact: Fact, previous: Fact | None) -> list[str]:
    """The last words before a fact, and after an earlier reading of the same field."""
    return text.message[previous.end if previous else 0 : fact.start].lower().split()[-4:]


def _corrects(text: Text) -> bool:
    return bool((_CORRECTION - {"to", "was", "now"}) & {word.norm for word in text.words})


def _is_a_choice(text: Text, one: Fact, other: Fact) -> bool:
    """ "NPS or CRC?" says neither; "NPS not CRC", "was NPS, now CRC" and "NPS, CRC" say one."""
    between = text.message[one.end : other.start].lower().replace("/", " / ").split()
    before = text.message[: one.start].lower().split()[-2:]
    return not ({*between, *before} & _CORRECTION) and bool(_CHOICE & set(between))


def _hearing_outcomes(facts: list[Fact], text: Text) -> list[Fact]:
    """The decision of a hearing on the recall of a lifer or an IPP is that of the recall hearing."""
    values = {fact.field: fact.value for fact in facts}
    details = [fact.value["field"] for fact in facts if fact.field == "needs_detail"]
    recalled = "recall_type" in details or values.get("recall_type", "none") != "none"
    words = {word.norm for word in text.words}
    if not recalled or "hearing" not in words:
        return facts
    indeterminate = values.get("sentence_type") in _INDETERMINATE or "sentence_type" in details
    if not indeterminate and "recall hearing" not in text.canonical:
        return facts
    outcomes = {"release", "no_release", "pending"}
    return [
        Fact("recall_hearing_outcome", fact.value, fact.start, fact.end, fact.derived)
        if fact.field == "parole_decision" and fact.value in outcomes
        else fact
        for fact in facts
    ]


def _worked_out(facts: list[Fact]) -> list[Fact]:
    """A fixed length with a release date is a determinate sentence, unless parole is spoken of."""
    given = {fact.field for fact in facts if fact.value is not None}
    detail = any(fact.field == "needs_detail" and fact.value["field"] == "sentence_type" for fact in facts)
    if detail or given & ({"sentence_type", "tariff_expiry_date", "tariff_length_months"} | _PAROLE_FIELDS):
        return []
    if not given & {"conditional_release_date", "automatic_release_date"}:
        return []
    lengths = [fact for fact in facts if fact.field == "sentence_length_months"]
    return [Fact("sentence_type", "determinate", fact.start, fact.end, derived=True) for fact in lengths]
