"""The module against a plain reading of the documents, on many generated cases with every fact known.

The reading here is written from the text of the operating model and the 2022 guide, not from the catalogue: who is
responsible, whether early allocation applies, who is excepted from the additional tasks, and which kind of POM.
"""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from actions.rules import RuleBook

Facts = dict[str, Any]
LIFERS = ("life", "ipp")
AUTOMATIC = (
    "ea_terrorism_offence",
    "ea_cppc_in_principle",
    "ea_nca_scpo",
    "ea_high_profile",
    "ea_needs_mappa3",
)


def months(count: int) -> relativedelta:
    return relativedelta(months=count)


def release(facts: Facts) -> date | None:
    day: date | None = facts["conditional_release_date"] or facts["automatic_release_date"]
    return day


def determinate_holder(facts: Facts, today: date, edition: str) -> str | None:
    """Model of two parts; Community Offender Manager; CRC Responsible Officer; 2022 guide, COM."""
    end, sentenced = release(facts), facts["sentence_date"]
    assert end is not None
    community = "RO_CRC" if edition == "2019" and facts["provider"] == "CRC" else "COM"
    if facts["provider"] == "NPS":
        if end == sentenced + months(10):
            return None  # neither "more than 10 months" nor "less than 10 months"
        if end < sentenced + months(10):
            return community
        handover = end - months(8) if edition == "2019" else end - months(7) - timedelta(days=15)
    else:
        if end - sentenced < timedelta(weeks=12):
            return community
        handover = end - timedelta(weeks=12) if edition == "2019" else end - months(3)
    return community if today >= handover else "POM"


def parole_holder(facts: Facts, today: date) -> str:
    """Pre-release phase - Determinate sentence individuals eligible for discretionary release."""
    if facts["parole_decision"] in ("no_release", "adjourned", "deferred"):
        return "COM"
    return "COM" if today >= facts["first_parole_eligibility_date"] - months(8) else "POM"


def lifer_holder(facts: Facts, today: date) -> str:
    """Pre-release phase - Indeterminate sentence individuals and parole; Recalled individuals."""
    recalled = facts["recall_type"] != "none"
    if recalled and facts["recall_hearing_outcome"] != "no_release":
        return "COM"
    if today < facts["tariff_expiry_date"] - months(8):
        return "POM"
    if facts["parole_decision"] in ("adjourned", "deferred"):
        return "COM"
    if facts["parole_decision"] != "no_release" and not recalled:
        return "COM"
    following, last = facts["next_parole_eligibility_date"], facts["last_parole_review_date"]
    if following and today >= following - months(8):
        return "COM"
    if facts["mappa_active_level"] in (2, 3) or not facts["com_post_decision_oasys_review_done"]:
        return "COM"
    return "HOMD" if following and last and following <= last + months(12) else "POM"


def holder(facts: Facts, today: date, edition: str) -> str | None:
    kind, end = facts["sentence_type"], release(facts)
    if facts["recall_type"] != "none" and kind not in LIFERS:
        return "COM"
    if kind == "determinate_parole" and facts["parole_decision"] == "no_release":
        return "COM"
    early = facts["early_allocation_agreed"] and facts["recall_type"] == "none" and kind not in LIFERS
    if early and end and today >= end - months(15):
        return "COM"
    if kind == "determinate":
        return determinate_holder(facts, today, edition)
    return parole_holder(facts, today) if kind == "determinate_parole" else lifer_holder(facts, today)


def early_allocation(facts: Facts, today: date) -> str:
    """Early Allocation: the six automatic and three discretionary criteria."""
    end = release(facts)
    separated = facts["ea_separation_centre"] and end is not None and today >= end - months(24)
    if separated or any(facts[name] for name in AUTOMATIC):
        return "automatic"
    discretionary = (
        facts["ea_maesm_managed"] or facts["rosh"] == "very_high" or facts["ea_mappa2_exceptional"]
    )
    return "discretionary" if discretionary else "not_met"


def excepted(facts: Facts) -> bool | None:
    """Main sentence phase, with the contradictions C-03 to C-06 and the boundary C-12 left open (None)."""
    end, sentenced = release(facts), facts["sentence_date"]
    if facts["sentence_type"] in LIFERS:
        return False
    assert end is not None
    if facts["recall_type"].startswith("fixed_term"):
        return None
    if end < sentenced + months(10):
        return None if facts["care_experienced"] else True
    if facts["care_experienced"]:
        return False
    if end == sentenced + months(10):
        return None
    low = facts["rosh"] == "low" and facts["estate"] == "male_closed" and end <= sentenced + months(48)
    return (True if facts["provider"] == "CRC" else None) if low else False


def kind_of_pom(facts: Facts, responsible: str) -> str:
    """HMPPS tiering model: the table, and the exception for a Probation Officer who managed the case."""
    end, sentenced = release(facts), facts["sentence_date"]
    if responsible == "POM":
        return "probation" if facts["tier"] in ("A", "B") else "prison"
    held_before = facts["recall_type"] == "none"
    if facts["sentence_type"] == "determinate":
        assert end is not None
        long_enough = (
            end > sentenced + months(10)
            if facts["provider"] == "NPS"
            else end - sentenced >= timedelta(weeks=12)
        )
        held_before = held_before and long_enough
    kept = facts["current_pom_type"] == "probation" and not facts["transferred_since_com_responsible"]
    return "probation" if kept and held_before else "prison"


def a_case(chance: random.Random) -> tuple[Facts, date, str]:
    """A case with every fact known, often on or beside a boundary; the day; and the edition."""
    today = date(2020, 1, 1) + timedelta(days=chance.randrange(3300))
    sentenced = today - timedelta(days=chance.choice([chance.randrange(1, 400), chance.randrange(1, 4000)]))
    kind = chance.choice(["determinate"] * 5 + ["determinate_parole", *LIFERS])
    yes = lambda share=0.3: chance.random() < share  # noqa: E731
    ahead = lambda low=-300, high=1800: max(sentenced, today + timedelta(days=chance.randrange(low, high)))  # noqa: E731
    beside = timedelta(days=chance.choice([-1, 0, 1]))
    facts: Facts = {
        "sentence_type": kind,
        "legal_status": "sentenced",
        "sentence_date": sentenced,
        "provider": chance.choice(["NPS", "CRC"]),
        "recall_type": chance.choice(
            ["none"] * 8 + ["standard"] * 2 + ["fixed_term_28"] * (kind not in LIFERS)
        ),
        "recall_hearing_outcome": chance.choice(["pending", "release", "no_release"]),
        "parole_decision": "none",
        "conditional_release_date": None,
        "automatic_release_date": None,
        "tariff_expiry_date": None,
        "first_parole_eligibility_date": None,
        "last_parole_review_date": None,
        "next_parole_eligibility_date": None,
        "early_allocation_agreed": kind not in LIFERS and yes(0.15),
        "com_post_decision_oasys_review_done": yes(0.6),
        "mappa_active_level": chance.choice(["none", 1, 2, 3]),
        "rosh": chance.choice(["low", "medium", "high", "very_high"]),
        "estate": chance.choice(["male_closed", "male_closed", "male_open", "women"]),
        "care_experienced": yes(),
        "tier": chance.choice("ABCD"),
        "current_pom_type": chance.choice(["probation", "prison"]),
        "transferred_since_com_responsible": yes(),
        **{name: yes(0.04) for name in AUTOMATIC},
        "ea_separation_centre": yes(0.1),
        "ea_maesm_managed": yes(0.05),
        "ea_mappa2_exceptional": yes(0.05),
        "in_open_conditions": False,
    }
    if kind in LIFERS:
        last = max(sentenced, today - timedelta(days=chance.randrange(1, 500)))
        released_once = facts["recall_type"] != "none"  # so the tariff has expired
        facts["tariff_expiry_date"] = ahead(-900, 0) if released_once else ahead(-900)
        facts["parole_decision"] = chance.choice(
            ["none", "no_release", "no_release", "adjourned", "deferred"]
        )
        if facts["parole_decision"] == "no_release":
            facts["last_parole_review_date"] = last
            facts["next_parole_eligibility_date"] = last + timedelta(days=chance.randrange(100, 900))
    else:
        short = chance.choice([months(10), months(24), months(48), timedelta(weeks=12)])
        end = sentenced + short + beside if yes() else ahead()
        facts[chance.choice(["conditional_release_date", "automatic_release_date"])] = end
        if kind == "determinate_parole":
            facts["first_parole_eligibility_date"] = ahead()
            facts["parole_decision"] = chance.choice(["none", "none", "no_release", "adjourned"])
        elif yes(0.4):
            before = chance.choice(
                [months(8), relativedelta(months=7, days=15), months(3), timedelta(weeks=12), months(15)]
            )
            today = max(sentenced, end - before + beside)
    return facts, today, chance.choice(["2019", "2022"])


@pytest.mark.parametrize("seed", range(4))
def test_generated_cases_read_as_the_text_does(book: RuleBook, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(400):
        facts, today, edition = a_case(chance)
        given = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()
        }
        result = book.assess(given, today, edition).as_dict()
        now = result["responsibility"]
        found = (
            (now["responsible"] or now["decided_by"]) if now["status"] != "undefined" else None,
            result["early_allocation"]["outcome"],
            result["service_level"]["additional_tasks_exempt"],
        )
        expected = (holder(facts, today, edition), early_allocation(facts, today), excepted(facts))
        assert found == expected, (edition, today, given)
        assert now["status"] in ("decided", "undefined", "discretion")
        if now["status"] == "decided":
            assert result["pom_type"]["value"] == kind_of_pom(facts, now["responsible"]), (
                edition,
                today,
                given,
            )
