"""Write docs/rules.md from its template and the rules catalogue.

    python scripts/write_rules_page.py            write the page
    python scripts/write_rules_page.py --check    say whether the page is up to date (exit code 1 if not)

The words between `<!-- name -->` and `<!-- end -->` in the page are generated; the rest is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from actions.rules import RuleBook  # noqa: E402
from actions.rules.processes import timing_words  # noqa: E402
from actions.rules.responsibility import NAMES  # noqa: E402

PAGE = ROOT / "docs" / "rules.md"
EDITIONS = ("2019", "2022")


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(headings)]
    lines.append(["---"] * len(lines[0]))
    lines += [[cell.replace("\n", " ").replace("|", "/") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def counts(book: RuleBook) -> str:
    """How many rules there are of each status."""
    rules = [rule for rule in book.rules() if rule.citation.document]
    by_status = Counter(rule.status for rule in rules)
    meaning = {
        "operative": "decides cases",
        "inspection-criterion": "what inspectors look for; can be looked up by code or theme",
        "context": "explains; never decides",
        "superseded": "no longer applies; never decides",
        "local-practice": "what one prison does; never decides",
    }
    rows = [(status, str(by_status[status]), meaning[status]) for status in meaning]
    return table(("Status", "Rules", "What it does"), [*rows, ("all", str(len(rules)), "")])


def groups(book: RuleBook) -> str:
    """How many rules each file of the catalogue holds."""
    rules = [rule for rule in book.rules() if rule.citation.document]
    total = Counter(rule.group for rule in rules)
    operative = Counter(rule.group for rule in rules if rule.status == "operative")
    rows = [(f"`{group}.yaml`", str(total[group]), str(operative[group])) for group in sorted(total)]
    return table(("File", "Rules", "Of them deciding"), rows)


def responsibility(book: RuleBook) -> str:
    """The responsibility rules in the order in which they are tried."""
    seen = {}
    for edition in EDITIONS:
        for rule in book.edition(edition).responsibility:
            seen.setdefault(rule.id, (rule, []))[1].append(edition)
    rows = []
    for rule, editions in sorted(seen.values(), key=lambda pair: (pair[0].model.priority or 0, pair[0].id)):
        who = {book.edition(edition).holders[rule.id] for edition in editions}
        names = " or ".join(sorted(NAMES.get(name, name).removeprefix("the ") for name in who))
        rows.append((str(rule.model.priority), rule.id, names, " and ".join(editions), rule.plain))
    return table(("Order", "Rule", "Responsible", "Edition", "When"), rows)


def duties(book: RuleBook) -> str:
    """The duties with a date."""
    edition = book.edition("2022")
    both = {rule.id: rule for name in EDITIONS for rule in book.edition(name).tasks}
    rows = [
        (rule.id, rule.title, edition.owners(rule.model.role), timing_words(rule, book.catalogue))
        for rule in sorted(both.values(), key=lambda rule: rule.id)
        if rule.model.deadline.anchor and rule.model.deadline.offset is not None
    ]
    return table(("Rule", "Duty", "Who", "When"), rows)


def criteria(book: RuleBook) -> str:
    """The nine early allocation criteria."""
    rows = [
        (rule.id, str(rule.model.outcome["early_allocation"]), rule.plain)
        for rule in book.rules(group="early-allocation")
        if re.fullmatch(r"EA-0[1-9]", rule.id)
    ]
    return table(("Rule", "Kind", "Criterion"), rows)


def presumptions(book: RuleBook) -> str:
    """What is taken for granted."""
    rows = []
    for item in book.catalogue.presumptions:
        if item.editions is not None and not set(item.editions) & set(EDITIONS):
            continue
        field = book.field(item.fact)
        value = book.field(item.same_as).label if item.same_as else field.says(item.value)
        rows.append((field.label, f"the {value}" if item.same_as else value, item.why))
    return table(("Fact not given", "Taken as", "Why"), rows)


def conflicts(book: RuleBook) -> str:
    """The contradictions of the documents and the reading used."""
    rows = [
        (item.id, item.title, item.resolution or item.recommendation)
        for item in book.catalogue.conflicts.values()
        if item.id.startswith("C-")
    ]
    return table(("Number", "What", "Reading used"), rows)


def gaps(book: RuleBook) -> str:
    """What the text leaves undefined."""
    texts = [
        item.because
        for item in book.catalogue.gaps
        if item.editions is None or set(item.editions) & set(EDITIONS)
    ]
    return "\n".join(f"- {text}" for text in texts)


def not_stated(book: RuleBook) -> str:
    """What the documents mention but never give."""
    return table(
        ("Asked for", "Answer given"),
        [(item.topic[0].upper() + item.topic[1:], item.answer) for item in book.not_stated],
    )


def service(book: RuleBook) -> str:
    """The rows of the live service's edition, in order."""
    rules = sorted(
        book.rules(group="service-2026"),
        key=lambda rule: (str(rule.model.outcome["row"]), rule.model.priority or 0, rule.id),
    )
    rows = [
        (str(rule.model.outcome["row"]), rule.id, rule.plain, f"`{rule.citation.file}`") for rule in rules
    ]
    return table(("Row", "Rule", "What it says", "File of the service"), rows)


def service_facts(book: RuleBook) -> str:
    """The facts that only the live service's edition uses."""
    suffix = " (2026 service)"
    rows = [
        (f"`{field.name}`", field.meaning.replace(suffix, ""), field.expects)
        for field in book.fields.values()
        if "2026 service" in field.meaning and field.kind != "derived"
    ]
    return table(("Fact", "What it is", "Allowed"), rows)


def mended(book: RuleBook) -> str:
    """The rules that differ from the reference they were taken from."""
    rows = [(rule.id, rule.model.mended) for rule in book.rules() if rule.model.mended]
    return table(("Rule", "What was changed and why"), rows)


SECTIONS: dict[str, Callable[[RuleBook], str]] = {
    "counts": counts,
    "groups": groups,
    "responsibility": responsibility,
    "duties": duties,
    "criteria": criteria,
    "presumptions": presumptions,
    "conflicts": conflicts,
    "gaps": gaps,
    "not-stated": not_stated,
    "service": service,
    "service-facts": service_facts,
    "mended": mended,
}


def page(text: str, book: RuleBook) -> str:
    """The page with its generated parts written anew."""
    for name, write in SECTIONS.items():
        start = f"<!-- {name} -->"
        if start not in text:
            raise SystemExit(f"docs/rules.md has no part {start}")
        pattern = re.compile(re.escape(start) + r".*?<!-- end -->", re.DOTALL)
        generated = f"{start}\n\n{write(book)}\n\n<!-- end -->"
        text = pattern.sub(lambda _, new=generated: new, text)
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description="Write docs/rules.md from the rules catalogue.")
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    options = parser.parse_args(arguments)
    before = PAGE.read_text("utf-8")
    after = page(before, RuleBook.load())
    if options.check:
        if before != after:
            print("docs/rules.md is out of date: run python scripts/write_rules_page.py", file=sys.stderr)
        return int(before != after)
    PAGE.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
