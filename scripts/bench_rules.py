"""How many full assessments a second the rules module does on one core, for a mixed caseload.

python scripts/bench_rules.py [--cases 10000] [--edition 2022] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from actions.rules import RuleBook

AS_OF = date(2026, 3, 2)


def generated_case(random_: random.Random) -> dict[str, Any]:
    """One plausible case: three in four determinate, some recalled, some with facts left out."""
    kind = random_.choices(("determinate", "determinate_parole", "life", "ipp"), (75, 10, 10, 5))[0]
    sentenced = AS_OF - timedelta(days=random_.randint(0, 3000))
    facts: dict[str, Any] = {
        "sentence_type": kind,
        "sentence_date": sentenced.isoformat(),
        "tier": random_.choice("ABCD"),
        "rosh": random_.choice(("low", "medium", "high", "very_high")),
        "care_experienced": random_.random() < 0.2,
    }
    if random_.random() < 0.9:
        facts["provider"] = random_.choice(("NPS", "CRC"))
    ahead = date.fromordinal(max(sentenced, AS_OF).toordinal() + random_.randint(1, 2500))
    if kind == "determinate":
        facts[random_.choice(("conditional_release_date", "automatic_release_date"))] = ahead.isoformat()
        facts["mappa_level"] = random_.choice(("none", 1, 2, 3))
        facts["hdc_case"] = random_.random() < 0.3
    elif kind == "determinate_parole":
        facts["first_parole_eligibility_date"] = ahead.isoformat()
        facts["conditional_release_date"] = (ahead + timedelta(days=700)).isoformat()
    else:
        facts["tariff_expiry_date"] = ahead.isoformat()
        facts["in_open_conditions"] = random_.random() < 0.1
    if random_.random() < 0.15:
        facts["recall_type"] = random_.choice(("fixed_term_14", "fixed_term_28", "standard"))
        facts["recall_return_date"] = (AS_OF - timedelta(days=random_.randint(0, 60))).isoformat()
        facts["recall_return_date"] = max(facts["recall_return_date"], facts["sentence_date"])
    if random_.random() < 0.5:
        for name in ("ea_terrorism_offence", "ea_cppc_in_principle", "ea_nca_scpo", "ea_high_profile"):
            facts[name] = random_.random() < 0.05
    if random_.random() < 0.2:
        facts["estate"] = random_.choice(("women", "male_open", "male_closed"))
    return facts


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--edition", default="2022")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    book = RuleBook.load()
    random_ = random.Random(options.seed)
    cases = [generated_case(random_) for _ in range(options.cases)]
    book.assess(cases[0], AS_OF, options.edition)
    durations = []
    began = time.process_time()
    for facts in cases:
        start = time.perf_counter()
        book.assess(facts, AS_OF, options.edition).as_dict()
        durations.append(time.perf_counter() - start)
    spent = time.process_time() - began
    durations.sort()
    result = {
        "cases": options.cases,
        "edition": options.edition,
        "assessments_per_second": round(options.cases / spent),
        "cpu_ms": round(spent / options.cases * 1000, 3),
        "median_ms": round(durations[len(durations) // 2] * 1000, 3),
        "p95_ms": round(durations[int(len(durations) * 0.95)] * 1000, 3),
    }
    if options.json:
        print(json.dumps(result))
    else:
        speed, cpu = result["assessments_per_second"], result["cpu_ms"]
        median, high = result["median_ms"], result["p95_ms"]
        print(
            f"{options.cases} cases, edition {options.edition}: {speed} full assessments a second on one core"
        )
        print(f"{cpu} ms of processor time each; elapsed: median {median} ms, 95% under {high} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
