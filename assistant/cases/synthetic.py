"""A made-up caseload that looks like a real one: for demonstration and for tests, never about anybody."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from assistant.storage.case_intake import IncomingCase

CASES_A_POM = 45
"""About what one prison offender manager holds."""

_KINDS = {"determinate": 62, "determinate_parole": 14, "life": 13, "ipp": 7, "remand": 4}
_ROSH = {
    "determinate": {"low": 24, "medium": 46, "high": 28, "very_high": 2},
    "determinate_parole": {"medium": 12, "high": 76, "very_high": 12},
    "life": {"medium": 30, "high": 62, "very_high": 8},
    "ipp": {"medium": 24, "high": 68, "very_high": 8},
    "remand": {"low": 40, "medium": 40, "high": 20},
}
_TIERS = {
    "low": {"D": 70, "C": 30},
    "medium": {"C": 60, "B": 40},
    "high": {"B": 70, "A": 30},
    "very_high": {"A": 100},
}
_CRITERIA = (
    "ea_terrorism_offence",
    "ea_separation_centre",
    "ea_cppc_in_principle",
    "ea_nca_scpo",
    "ea_high_profile",
    "ea_maesm_managed",
    "ea_mappa2_exceptional",
)


def synthetic_caseload(count: int, seed: int, on: date, poms: int | None = None) -> list[IncomingCase]:
    """Cases of people who do not exist, marked as made up.

    The same seed gives the same people; their dates lie around `on`. `poms` is how many prison offender
    managers share them, by default as many as the cases need.
    """
    managers = [f"pom{number}@example.org" for number in range(1, (poms or -(-count // CASES_A_POM)) + 1)]
    return [_case(number, seed, on, managers) for number in range(1, count + 1)]


def synthetic_number(number: int, seed: int) -> str:
    """A prison number for a made-up person: `S` for synthetic, and letters that tell caseloads apart."""
    letters = chr(65 + seed // 26 % 26) + chr(65 + seed % 26)
    return f"{chr(83 + number // 10000)}{number % 10000:04}{letters}"


def _case(number: int, seed: int, on: date, managers: list[str]) -> IncomingCase:
    chance = random.Random(f"{seed}/{number}")
    kind = _pick(chance, _KINDS)
    rosh = _pick(chance, _ROSH[kind])
    facts: dict[str, Any] = {"rosh": rosh, "tier": _pick(chance, _TIERS[rosh]), "gender": "male"}
    facts |= {
        "determinate": _determinate,
        "determinate_parole": _determinate_parole,
        "life": _life,
        "ipp": _ipp,
        "remand": _remand,
    }[kind](chance, rosh, on)
    facts |= _person(chance, facts.get("sentence_date", on))
    if kind != "remand":
        facts |= _early_allocation(chance, rosh)
    dropped = _unknown(chance, facts)
    return IncomingCase(
        synthetic_number(number, seed),
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in facts.items()
            if name not in dropped
        },
        name=f"Synthetic person {number}",
        pom=chance.choice(managers),
        synthetic=True,
    )


def _pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _determinate(chance: random.Random, rosh: str, on: date) -> dict[str, Any]:
    months = chance.choice((10, 14, 18, 24, 30, 36, 48, 60, 72, 96, 120))
    served = months * (2 / 3 if months >= 84 else 1 / 2)
    done = chance.uniform(0.02, 0.99)
    sentenced = on - timedelta(days=int(served * 30.4 * done))
    facts: dict[str, Any] = {
        "legal_status": "sentenced",
        "sentence_type": "determinate",
        "provider": "NPS" if rosh in ("high", "very_high") or chance.random() < 0.25 else "CRC",
        "sentence_date": sentenced,
        "sentence_length_months": months,
        "conditional_release_date": sentenced + timedelta(days=int(served * 30.4)),
        "sentence_expiry_date": sentenced + relativedelta(months=months),
        "recall_type": "none",
        "mappa_level": chance.choice((1, 2, 2, 3)) if rosh in ("high", "very_high") else "none",
        "hdc_case": rosh in ("low", "medium") and chance.random() < 0.4,
    }
    facts |= _custody(chance, sentenced, on)
    if chance.random() < 0.12 and months >= 14:
        facts |= _recall(chance, facts, on)
    return facts


def _recall(chance: random.Random, facts: dict[str, Any], on: date) -> dict[str, Any]:
    """Released some time ago and recalled within the last months."""
    back = on - timedelta(days=chance.randint(2, 90))
    months = int(facts["sentence_length_months"])
    sentenced = back - timedelta(days=int(months * 30.4 * chance.uniform(0.6, 0.85)))
    released = sentenced + timedelta(days=int(months * 30.4 / 2))
    kind = chance.choice(("fixed_term_28", "standard", "standard") if months >= 24 else ("fixed_term_14",))
    return {
        "sentence_date": sentenced,
        "conditional_release_date": released,
        "sentence_expiry_date": sentenced + relativedelta(months=months),
        "reception_date": sentenced,
        "arrival_date": back,
        "recall_type": kind,
        "recall_return_date": back,
        "hdc_case": False,
    }


def _determinate_parole(chance: random.Random, rosh: str, on: date) -> dict[str, Any]:
    months = chance.choice((60, 72, 84, 96, 120, 144))
    days = int(months * 30.4)
    sentenced = on - timedelta(days=int(days * chance.uniform(0.05, 0.95)))
    eligible = sentenced + timedelta(days=int(days * 2 / 3))
    facts: dict[str, Any] = {
        "legal_status": "sentenced",
        "sentence_type": "determinate_parole",
        "provider": "NPS",
        "sentence_date": sentenced,
        "sentence_length_months": months,
        "first_parole_eligibility_date": eligible,
        "conditional_release_date": sentenced + timedelta(days=days),
        "sentence_expiry_date": sentenced + relativedelta(months=months + chance.choice((24, 36, 48))),
        "recall_type": "none",
        "mappa_level": chance.choice((1, 2, 2, 3)),
    }
    if eligible < on:
        facts["parole_decision"] = chance.choice(("no_release", "pending", "adjourned"))
        facts["last_parole_review_date"] = min(eligible + timedelta(days=chance.randint(10, 60)), on)
        facts["next_parole_eligibility_date"] = facts["last_parole_review_date"] + relativedelta(
            months=chance.choice((12, 18, 24))
        )
    else:
        facts["parole_decision"] = "none"
    return facts | _custody(chance, sentenced, on)


def _life(chance: random.Random, rosh: str, on: date) -> dict[str, Any]:
    years = chance.choice((10, 12, 15, 16, 18, 20, 22))
    sentenced = on - timedelta(days=int(years * 365.25 * chance.uniform(0.03, 1.15)))
    tariff = sentenced + relativedelta(years=years)
    facts: dict[str, Any] = {
        "legal_status": "sentenced",
        "sentence_type": "life",
        "provider": "NPS",
        "sentence_date": sentenced,
        "tariff_expiry_date": tariff,
        "recall_type": "none",
        "mappa_level": chance.choice(("none", 1, 2)),
    }
    facts |= _custody(chance, sentenced, on)
    if tariff < on:
        facts |= _reviewed(chance, tariff, on)
    elif tariff - on < timedelta(days=900) and chance.random() < 0.4:
        facts |= {"in_open_conditions": True, "estate": "male_open", "prison_function": "open"}
    return facts


def _reviewed(chance: random.Random, tariff: date, on: date) -> dict[str, Any]:
    last = max(tariff, on - timedelta(days=chance.randint(20, 500)))
    return {
        "parole_decision": chance.choice(("no_release", "no_release", "pending", "adjourned")),
        "last_parole_review_date": last,
        "next_parole_eligibility_date": last + relativedelta(months=chance.choice((12, 18, 24))),
        "com_post_decision_oasys_review_done": chance.random() < 0.7,
    }


def _ipp(chance: random.Random, rosh: str, on: date) -> dict[str, Any]:
    sentenced = date(chance.randint(2005, 2012), chance.randint(1, 12), chance.randint(1, 28))
    tariff = sentenced + relativedelta(months=chance.choice((18, 24, 30, 42, 60, 84)))
    facts: dict[str, Any] = {
        "legal_status": "sentenced",
        "sentence_type": "ipp",
        "provider": "NPS",
        "sentence_date": sentenced,
        "tariff_expiry_date": tariff,
        "recall_type": "none",
        "mappa_level": chance.choice((1, 2)),
    }
    facts |= _custody(chance, sentenced, on)
    if chance.random() < 0.5:
        back = on - timedelta(days=chance.randint(5, 400))
        facts |= {
            "recall_type": "standard",
            "recall_return_date": back,
            "arrival_date": back,
            "recall_hearing_outcome": chance.choice(("pending", "no_release")),
        }
        return facts
    return facts | _reviewed(chance, tariff, on)


def _remand(chance: random.Random, rosh: str, on: date) -> dict[str, Any]:
    received = on - timedelta(days=chance.randint(1, 200))
    return {
        "legal_status": chance.choice(("remand", "convicted_unsentenced")),
        "reception_date": received,
        "arrival_date": received,
        "estate": "male_closed",
        "prison_operator": "public",
        "prison_function": "reception",
    }


def _custody(chance: random.Random, sentenced: date, on: date) -> dict[str, Any]:
    held = max((on - sentenced).days, 0)
    return {
        "reception_date": sentenced,
        "arrival_date": sentenced + timedelta(days=chance.randint(0, held) if held else 0),
        "estate": "male_closed",
        "prison_operator": "private" if chance.random() < 0.12 else "public",
        "last_oasys_date": sentenced + timedelta(days=chance.randint(0, held) if held else 0),
    }


def _person(chance: random.Random, sentenced: date) -> dict[str, Any]:
    return {
        "date_of_birth": sentenced - relativedelta(years=chance.randint(19, 58), days=chance.randint(0, 364)),
        "care_experienced": chance.random() < 0.25,
        "foreign_national": chance.random() < 0.11,
    }


def _early_allocation(chance: random.Random, rosh: str) -> dict[str, Any]:
    facts: dict[str, Any] = dict.fromkeys(_CRITERIA, False)
    if chance.random() < 0.08:
        facts[chance.choice(_CRITERIA)] = True
    return facts


def _unknown(chance: random.Random, facts: dict[str, Any]) -> set[str]:
    """The facts that nobody has entered yet."""
    rare = {"sentence_type", "legal_status", "sentence_date", "recall_type"}
    often = {"care_experienced", "last_oasys_date", "date_of_birth", "foreign_national", "mappa_level"}
    dropped = set()
    for name in sorted(facts):
        share = 0.0 if name in rare else 0.12 if name in often else 0.03
        if chance.random() < share:
            dropped.add(name)
    if chance.random() < 0.15:
        dropped |= set(_CRITERIA)
    return dropped
