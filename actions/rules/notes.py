"""Where the person should be held, and other things to know that are not duties."""

from __future__ import annotations

from actions.rules.case import Case
from actions.rules.explain import facts_used, reason
from actions.rules.parts import group_rules, true_rules
from actions.rules.results import Reason

_KINDS = (
    "location",
    "limit",
    "opd_responsibility",
    "provider_of",
    "attend",
    "prohibited",
    "entitlement",
    "permitted",
)
_GROUPS = (
    "recall",
    "opd",
    "restricted-patient",
    "remand-civil",
    "parole",
    "women",
    "pmp",
    "youth-transition",
)
# single rules of other groups or kinds that say something about this case, and are not duties
_EXTRA = (
    *(
        "TASK-06",
        "TASK-10",
        "TASK-11",
        "TASK-14",
        "TASK-42",
        "TASK-44",
        "TASK-45",
        "TASK-47",
        "TASK-71",
        "TASK-72",
    ),
    *("RESP-30", "RESP-31", "RESP-32", "PT-08", "PT-09", "HAND-24", "KW-02", "KW-10", "WOM-05"),
    *("RECALL-06", "RECALL-07", "RECALL-08", "RP-01", "RP-02", "RP-03"),
    *("PAR-05", "PAR-16", "PAR-17", "OPD-05", "OPD-16"),
)


def location_notes(case: Case) -> tuple[Reason, ...]:
    """Location, function, attendance and provider rules that hold for the case, with their reasons."""
    rules = [rule for group in _GROUPS for rule in group_rules(case, group, *_KINDS)]
    rules += [rule for rule in true_rules(case, *_EXTRA) if rule.kind != "task"]
    found = [reason(case, rule) for rule in rules]
    for gap in case.edition.gaps:
        if gap.model.part == "notes" and gap.when.truth(case) is True:
            used = facts_used(case, gap.when)
            words = gap.model.because + (" Facts: " + "; ".join(used) + "." if used else "")
            texts = [case.edition.all_rules[i] for i in gap.model.rules]
            found += [Reason(rule.id, words, rule.citation) for rule in texts]
    return tuple(found)
