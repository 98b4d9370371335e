"""Which fact a date belongs to: the cue nearest to it, as in "CRD 1/5/28" and "1/5/28 is his CRD"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.nlu.facts.dates import DateExpression
from assistant.nlu.facts.durations import Duration
from assistant.nlu.facts.sentence import AT_SENTENCE, compared, comparison_of
from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import Meaning, Phrase

PAST_DATES = frozenset({
    "sentence_date", "recall_return_date", "last_oasys_date", "last_parole_review_date", "date_of_birth",
    "reception_date", "arrival_date", "significant_event_date", "com_allocation_date",
    "roh_assessed_high_date",
    "last_roh_review_date", "open_conditions_move_date", "hospital_transfer_date", "order_date",
    "early_allocation_assessed_on", "open_prison_arrival_date", "female_open_category_date",
})  # fmt: skip
RECENT_DATES = PAST_DATES - {"date_of_birth"}
"""A day and month of one of these without a year is the latest such day: "recalled on 10 January"."""
NULLABLE = frozenset({
    "conditional_release_date", "automatic_release_date", "sentence_expiry_date", "parole_eligibility_date",
    "first_parole_eligibility_date", "next_parole_eligibility_date", "last_parole_review_date",
    "tariff_expiry_date", "com_allocation_date", "open_conditions_move_date", "last_oasys_date",
    "oasys_review_date", "significant_event_date", "hospital_transfer_date", "remission_date", "order_date",
    "roh_assessed_high_date", "last_roh_review_date", "sentence_planning_meeting_date", "target_hearing_date",
})  # fmt: skip

YOUNGEST_BORN = 15  # a birth in '16 or later is read as of the last century
_REACH_BEFORE, _REACH_AFTER = 9, 4
_AFTER_WORDS = {
    "is", "was", "his", "her", "the", "their", "for", "as", "(", ")", "being", "a", "s", "when", "he", "she",
    "they", "got", "were", "my", ",",
}  # fmt: skip
_HOSPITAL = {
    "hospital",
    "section",
    "s47",
    "s47/49",
    "rampton",
    "broadmoor",
    "ashworth",
    "sectioned",
    "47",
    "patient",
}
_DECIDERS = {"board", "panel", "gatekeeper", "com", "pom", "i", "we"}
_STRONG_BREAKS = {".", ";", "!"}
_UNTIL = {"to", "until", "till", "til", "off", "away", "short"}
_EARLIER = _UNTIL | {"before", "pre", "prior", "ahead", "from", "out"}
_LATER = {"after", "following", "since"}
_SMALL = {
    "the", "his", "her", "their", "my", "a", "an", "of", "to", "from", "he", "she", "was", "is", "being",
    "left", "go", "first", "date",
}  # fmt: skip
_PRESENT = {"is", "s", "now", "currently", "about", "still", "only", "just", "with", "has", "got", "are"}
_PAST_IT = {"over", "past", "post", "beyond"}


@dataclass(frozen=True)
class Placed:
    """A date with its field; `cue` is the phrase that named it, None where no words did."""

    field: str
    value: Any
    first: int
    past: int
    derived: bool = False
    cue: Phrase | None = None


def _cost(text: Text, expression: DateExpression, cue: Phrase) -> float | None:
    """How far a cue is from a date, or None where they do not belong together."""
    if cue.of_kind("event") and expression.past <= cue.first:
        gap = text.norms(expression.past, cue.first)
        dated = text.norms(expression.first - 1, expression.first) in ([], ["on"], ["."], [","])
        return 1 + len(gap) if dated and set(gap) <= _AFTER_WORDS | _DECIDERS else None
    if cue.past <= expression.first:
        gap = text.norms(cue.past, expression.first)
        if len(gap) > _REACH_BEFORE or _STRONG_BREAKS & set(gap):
            return None
        return len(gap) * 0.6 + (1.5 if "," in gap or "and" in gap else 0)
    gap = text.norms(expression.past, cue.first)
    if len(gap) > _REACH_AFTER or not set(gap) <= _AFTER_WORDS:
        return None
    return 1 + len(gap) * 0.6 + (2 if "," in gap else 0)


def _meaning(cue: Phrase) -> Meaning | None:
    dates = cue.of_kind("date", "event")
    return dates[0] if dates else None


def _event_date(meaning: Meaning, event_dates: Mapping[str, str]) -> str:
    """What the date beside a value is the date of; that of something that did not happen is of no use."""
    return (
        "other_date"
        if meaning.value in (False, "adjourned", "deferred", "pending")
        else event_dates[meaning.field]
    )


def event_cues(phrases: list[Phrase], event_dates: Mapping[str, str]) -> list[Phrase]:
    """The values that a date may stand beside ("knocked back 8 December"), as names of that date."""
    return [
        Phrase(
            phrase.first, phrase.past, (Meaning("event", _event_date(meaning, event_dates), derived=True),)
        )
        for phrase in phrases
        if not phrase.of_kind("date")
        for meaning in phrase.of_kind("value", "detail")[:1]
        if meaning.field in event_dates
    ]


def _fits(meaning: Meaning, expression: DateExpression) -> bool:
    """A vague date ("2028", "today") does not stand for a birthday; nor a length for one."""
    relative = isinstance(expression.value, dict) and "relative" in expression.value
    return not (meaning.field == "date_of_birth" and relative)


_CORRECTS = {"sorry", "mean", "meant", "actually", "correction", "rather", "oops", "wait", "scrap", "instead"}


def _corrected(
    text: Text, expressions: list[DateExpression], cues: list[Phrase]
) -> dict[int, DateExpression]:
    """Dates put right by the next one, by their first word: "crd 1/1/27, no sorry 10/1/27", "was 3 May, now 17 May"."""
    corrected = {}
    for one, other in pairwise(expressions):
        gap = text.norms(one.past, other.first)
        if len(gap) > 10 or any(one.past <= cue.first < other.first for cue in cues):
            continue
        if _CORRECTS & set(gap) or gap[-1:] in (["no"], ["now"]):
            corrected[one.first] = corrected.get(other.first, other)
    return corrected


def place_dates(
    text: Text,
    expressions: list[DateExpression],
    cues: list[Phrase],
    recalled: bool = False,
    decided: bool = False,
) -> list[Placed]:
    """Each date with its field; `date` where no words give it one (a vague one is then left out).

    `recalled`: a recall is spoken of, so "released" tells of the earlier release, and "came in" of the
    return. `decided`: the outcome of a hearing is told, so that its date lies behind.
    """
    dropped = {e.first for e in expressions if _superseded(text, e, expressions)}
    expressions = [e for e in expressions if e.first not in dropped]
    corrected = _corrected(text, expressions, cues)
    later = {expression.first for expression in corrected.values()}
    expressions = [e for e in expressions if e.first not in later or e.first in corrected]
    pairs = []
    for expression in expressions:
        for cue in cues:
            meaning = _meaning(cue)
            costs = [_cost(text, e, cue) for e in (expression, corrected.get(expression.first)) if e]
            cost = min((cost for cost in costs if cost is not None), default=None)
            if meaning is None or cost is None or not _fits(meaning, expression):
                continue
            if not _may_name(text, meaning, cue, expression, recalled):
                continue
            pairs.append(
                (cost + (1.5 if meaning.derived else 0), cue.first > expression.first, expression, cue)
            )
    pairs.sort(key=lambda pair: pair[:2])
    placed: dict[int, Placed] = {}
    used: set[int] = set()
    for _, _, expression, cue in pairs:
        if expression.first in placed or cue.first in used:
            continue
        meaning = _meaning(cue)
        if meaning is None:
            continue
        used.add(cue.first)
        name = _role(text, meaning, cue, expression, recalled, decided)
        said = corrected.get(expression.first, expression)
        value = settled(text, said, name, _lies_behind(text, said, cue))
        placed[expression.first] = Placed(name, value, said.first, said.past, meaning.derived, cue)
    for expression in expressions:
        said = corrected.get(expression.first, expression)
        vague = said.vague and (len(text.words) > 4 or _lone_year(text, said))
        if expression.first not in placed and not vague:
            value = settled(text, said, "date")
            placed[expression.first] = Placed("date", value, said.first, said.past)
    found = [placed[first] for first in sorted(placed)]
    return [*found, *_shared(text, found, cues, used)]


def _role(
    text: Text, meaning: Meaning, cue: Phrase, expression: DateExpression, recalled: bool, decided: bool
) -> str:
    """The fact that a cue names for a date, in the light of what else the message tells."""
    name, words = meaning.field, set(text.norms(cue.first, cue.past))
    if name in ("last_one", "next_one"):
        return _one_of(text, name)
    if recalled and name == "reception_date":
        return "recall_return_date"
    if recalled and meaning.derived and "released" in words:
        return "other_date"
    everything = set(text.norms(0, len(text.words)))
    if (
        words <= {"review", "is", "due"}
        and "oasys" in everything
        and not {"parole", "board", "ped"} & everything
    ):
        return "oasys_review_date"
    behind = _lies_behind(text, expression, cue)
    review = name in ("first_parole_eligibility_date", "next_parole_eligibility_date")
    if review and decided and behind and {"hearing", "review"} & words:
        return "last_parole_review_date"
    if name == "target_hearing_date" and (decided or behind):
        return "last_parole_review_date"
    return name


_WENT_BY = {"was", "had", "went", "took", "passed", "expired", "remitted", "ended", "happened"}


def _lies_behind(text: Text, expression: DateExpression, cue: Phrase) -> bool:
    """Whether an event is told as past: "his hearing was on 6 January", "had his oral hearing 6/1"."""
    words = set(text.norms(cue.first - 3, expression.first))
    return bool(_WENT_BY & words) and not {"be", "being", "will"} & words


def _shared(text: Text, found: list[Placed], cues: list[Phrase], used: set[int]) -> list[Placed]:
    """Two names for one date: "CRD and ARD 3/4/28"."""
    shared = []
    for place in found:
        for cue in cues:
            meaning = _meaning(cue)
            if place.cue is None or meaning is None or cue.first in used or meaning.derived:
                continue
            gap = text.norms(cue.past, place.cue.first)
            if cue.past <= place.cue.first < place.first and set(gap) <= {"and", "both"} and len(gap) <= 1:
                used.add(cue.first)
                shared.append(Placed(meaning.field, place.value, place.first, place.past, False, cue))
    return shared


def _one_of(text: Text, which: str) -> str:
    """What "the last one" or "the next one" is one of."""
    words = set(text.norms(0, len(text.words)))
    if words & {"oasys", "plan", "assessment"}:
        return "last_oasys_date" if which == "last_one" else "oasys_review_date"
    if words & {"parole", "hearing", "review", "board", "ped", "knocked", "knockback"}:
        return "last_parole_review_date" if which == "last_one" else "next_parole_eligibility_date"
    return "other_date"


def _may_name(text: Text, meaning: Meaning, cue: Phrase, expression: DateExpression, recalled: bool) -> bool:
    """Whether a loose cue names this date here: "back" in a recall, "moved" of someone in open conditions."""
    if text.norms(cue.first, cue.past) == ["back", "in"]:
        part = isinstance(expression.value, dict) and "partial" in expression.value
        return recalled or not part  # "back in August" is no return
    if not meaning.derived:
        return True
    gap = text.norms(cue.past, expression.first)
    if cue.of_kind("event"):
        words = text.norms(expression.first - 1, expression.first)
        since = meaning.field != "open_conditions_move_date" or bool(
            {"since", "from", "on", "in"} & {*gap, *words}
        )
        if expression.past <= cue.first:
            return meaning.field != "other_date"
        return len(gap) <= 4 and not {",", "and"} & set(gap) and since
    if meaning.field == "recall_return_date":
        return recalled
    if meaning.field in ("remission_date", "hospital_transfer_date"):
        return bool(_HOSPITAL & set(text.norms(0, len(text.words))))
    if meaning.field == "com_allocation_date":
        return "com" in text.norms(0, len(text.words))
    if meaning.field == "open_conditions_move_date":
        return "open" in text.norms(0, len(text.words))
    if meaning.field == "sentence_date" and cue.of_kind("value"):
        return cue.past == expression.first or "sentence" in text.norms(cue.first, cue.past)
    return True


def _lone_year(text: Text, expression: DateExpression) -> bool:
    """A year among other words: more likely the name of an edition than a date."""
    return (
        set(expression.value) == {"partial"} and len(expression.value["partial"]) == 4 and len(text.words) > 1
    )


def _superseded(text: Text, expression: DateExpression, expressions: list[DateExpression]) -> bool:
    """Whether a later date replaces it: "not 1/5/28 but 1/6/28", "moved from 1/5/28 to 1/6/28"."""
    before = text.norms(expression.first - 1, expression.first)
    if before == ["not"] or (
        before == ["was"] and text.norms(expression.first - 2, expression.first)[:1] == ["("]
    ):
        return True
    if text.norms(expression.first - 2, expression.first) in (
        ["instead", "of"],
        ["rather", "than"],
    ):
        return True
    after = text.norms(expression.past, expression.past + 1)
    return bool(
        before == ["from"] and after == ["to"] and any(e.first == expression.past + 1 for e in expressions)
    )


def settled(text: Text, expression: DateExpression, field: str, behind: bool = False) -> Any:
    """The value, with what the role decides: the side of today for "on Tuesday", the century of a birth.

    `behind`: the words tell the date as past, whatever its role.
    """
    value = expression.value
    if isinstance(value, dict) and "day" in value.get("relative", {}):
        if value["relative"]["which"] == "unsaid" and field != "date":
            side = "latest" if field in PAST_DATES else "coming"
            return {"relative": {**value["relative"], "which": side}}
        return value
    if isinstance(value, dict) and value.get("relative", {}).get("which") in ("unsaid", "this"):
        which = value["relative"]["which"]
        if field in PAST_DATES:
            which = "last" if which == "unsaid" else "latest"
        elif field != "date":
            which = "this"
        return {"relative": {**value["relative"], "which": which}}
    partial = value.get("partial", "") if isinstance(value, dict) else ""
    if (behind or field in RECENT_DATES) and partial.startswith("--") and len(partial) == len("--03-14"):
        return {"relative": {"day_month": partial[2:], "which": "last"}}
    if behind and partial.startswith("--"):
        return {"relative": {"month": int(partial[2:]), "which": "last"}}
    if field == "date_of_birth" and isinstance(value, str):
        year = re.split(r"\D", text.words[expression.past - 1].norm.strip("'"))[-1]
        if len(year) == 2 and value.startswith("20") and int(year) > YOUNGEST_BORN:
            return f"19{value[2:]}"
    return value


def place_against_cues(
    text: Text, durations: list[Duration], cues: list[Phrase], dates: list[DateExpression]
) -> list[Placed]:
    """Lengths of time counted from a named date: "8 months before CRD", "10 months to tariff".

    "He is 8 months from his CRD" says when the CRD is (today and 8 months); "8 months from CRD" by itself is
    a date 8 months before it.
    """
    placed = []
    for duration in durations:
        for cue in cues:
            meaning = _meaning(cue)
            gap = text.norms(duration.past, cue.first)
            if meaning is None or cue.first < duration.past or not gap or len(gap) > 4:
                continue
            if _PAST_IT & set(gap) or any(date.first == cue.past for date in dates):
                continue  # "3 years before TED 5/5/2030" tells the TED
            signs = [word for word in gap if word in _EARLIER | _LATER]
            if not signs or not set(gap) <= _EARLIER | _LATER | _SMALL | {"left"}:
                continue
            placed.append(_against(text, duration, cue, meaning, signs[0]))
            break
    return placed


def past_a_cue(text: Text, duration: Duration, cues: list[Phrase]) -> bool:
    """ "5 years over tariff": how long ago, in round numbers; no date and no sentence."""
    return any(
        0 < cue.first - duration.past <= 3 and _PAST_IT & set(text.norms(duration.past, cue.first))
        for cue in cues
    )


def _against(text: Text, duration: Duration, cue: Phrase, meaning: Meaning, sign: str) -> Placed:
    parts = duration.parts
    if comparison := compared(text, duration):
        value = {**parts, "comparison": comparison_of(comparison), "to": meaning.field}
        return Placed("time_left", value, duration.first, cue.past, cue=cue)
    present = bool(set(text.norms(duration.first - 3, duration.first)) & _PRESENT)
    until = sign in _UNTIL or (sign in {"from", "out"} and present) or sign == "since"
    lead = 1 if text.norms(duration.first - 1, duration.first) == ["in"] else 0
    span = (duration.first - lead, cue.past)
    if until and AT_SENTENCE.search(" ".join(text.norms(duration.first - 4, cue.past + 5))):
        return Placed("time_left", {**parts, "at": "sentence"}, duration.first, cue.past, cue=cue)
    if until:
        relative = {unit: -count for unit, count in parts.items()} if sign == "since" else parts
        return Placed(meaning.field, {"relative": relative}, *span, derived=meaning.derived, cue=cue)
    relative = parts if sign in _LATER else {unit: -count for unit, count in parts.items()}
    return Placed("date", {"relative": relative, "anchor": meaning.field}, *span, cue=cue)


def attach_anchored(text: Text, anchored: list[Placed], cues: list[Phrase]) -> list[Placed]:
    """Anchored dates with the field that another cue gives them: "recalled 3 months after sentence"."""
    result = []
    for date in anchored:
        best: tuple[float, Phrase] | None = None
        for cue in cues:
            if cue is date.cue or date.field != "date" or cue.past > date.first:
                continue
            gap = text.norms(cue.past, date.first)
            if len(gap) <= 3 and not {",", ";", ".", "?"} & set(gap) and (best is None or len(gap) < best[0]):
                best = (len(gap), cue)
        if best and (meaning := _meaning(best[1])):
            date = Placed(meaning.field, date.value, date.first, date.past, meaning.derived, best[1])
        result.append(date)
    return result
