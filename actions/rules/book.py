"""The rule book: the catalogue loaded and ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from actions.rules import service_2026
from actions.rules.case import Case
from actions.rules.compare import compare_assessments, compare_by_edition
from actions.rules.conflicts import Conflict, conflicts_met
from actions.rules.early_allocation import assess_early_allocation
from actions.rules.editions import Edition
from actions.rules.facts import EARLIEST, LATEST, FactError, FactErrors, Field, read_facts
from actions.rules.handover import assess_handover
from actions.rules.loader import CATALOGUE, Catalogue, CatalogueError, load_catalogue, quote_problems
from actions.rules.missing import PARTS, assumed_facts, missing_facts
from actions.rules.notes import location_notes
from actions.rules.pom_type import assess_pom_type
from actions.rules.processes import Step, process_steps
from actions.rules.responsibility import assess_responsibility
from actions.rules.results import Assessment, Part
from actions.rules.rule import Rule
from actions.rules.service_level import assess_service_level
from actions.rules.tasks import assess_tasks

GUIDANCE = Path(__file__).parents[2] / "knowledge" / "guidance"

# How each part of an assessment is worked out, by the kind of edition
PARTS_OF: Mapping[str, Mapping[str, Callable[[Case], Part]]] = {
    "guidance": {
        "handover": assess_handover,
        "pom_type": assess_pom_type,
        "service_level": assess_service_level,
        "early_allocation": assess_early_allocation,
    },
    "service_2026": {
        "handover": service_2026.assess_handover,
        "pom_type": service_2026.assess_pom_type,
        "service_level": service_2026.assess_service_level,
        "early_allocation": service_2026.assess_early_allocation,
    },
}


class RuleBook:
    """Answers about cases from the catalogue. Holds no state of any case; safe to share.

    >>> from datetime import date
    >>> book = RuleBook.load()
    >>> answer = book.assess({"sentence_type": "life", "tariff_expiry_date": "2030-06-30"}, date(2026, 1, 5))
    >>> answer.responsibility.responsible, answer.responsibility.changes_on
    ('POM', datetime.date(2029, 10, 30))
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._editions = {
            key: Edition(model, catalogue, catalogue.compiler) for key, model in catalogue.editions.items()
        }

    @classmethod
    def load(
        cls, extra: Path | None = None, check_quotes: bool = False, documents: Path = GUIDANCE
    ) -> RuleBook:
        """The book of the catalogue that ships, and of a deployment's own folder of YAML files.

        `check_quotes` reads the documents and refuses a quote that is not there word for word.
        Raises CatalogueError.
        """
        book = _loaded(extra)
        if check_quotes:
            problems = quote_problems(book.catalogue, documents)
            if problems:
                raise CatalogueError(problems)
        return book

    @property
    def editions(self) -> tuple[str, ...]:
        """The editions of the policy, such as `2019` and `2022`."""
        return tuple(self._editions)

    @property
    def default_edition(self) -> str:
        """The edition used when none is named."""
        return next(
            (key for key, model in self.catalogue.editions.items() if model.default), self.editions[0]
        )

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every fact of a case by name."""
        return self.catalogue.fields

    def field(self, name: str) -> Field:
        """One fact. Raises KeyError for a name that is not a fact."""
        return self.catalogue.fields[name]

    def edition(self, name: str) -> Edition:
        """One edition. Raises FactErrors for a name that is not an edition."""
        if name not in self._editions:
            problem = FactError(
                "edition", f"there is no edition {name!r}", "one of: " + ", ".join(self.editions)
            )
            raise FactErrors([problem])
        return self._editions[name]

    def assess(
        self,
        facts: Mapping[str, object],
        as_of: date,
        edition: str = "2022",
        ask: Sequence[str] | None = None,
        presume: bool = True,
    ) -> Assessment:
        """Everything worked out for a case on a date.

        `ask` limits which parts' missing facts, assumptions and conflicts are named. With `presume` false
        nothing is taken for granted. Raises FactErrors listing everything wrong with the facts, the
        edition or the parts.
        """
        rules = self.edition(edition)
        unknown = [part for part in ask or () if part not in PARTS]
        if unknown:
            raise FactErrors(
                [
                    FactError("ask", f"there is no part {part!r}", "one of: " + ", ".join(PARTS))
                    for part in unknown
                ]
            )
        if not EARLIEST <= as_of <= LATEST:
            years = f"a date from {EARLIEST.year} to {LATEST.year}"
            raise FactErrors([FactError("as_of", "the date is out of range", years)])
        case = Case(rules, read_facts(facts, rules.fields, as_of), as_of, presume)
        responsibility = assess_responsibility(case)
        parts = {name: work_out(case) for name, work_out in PARTS_OF[rules.model.parts].items()}
        return Assessment(
            as_of=as_of,
            edition=edition,
            responsibility=responsibility,
            tasks=assess_tasks(case),
            assumed=assumed_facts(case, responsibility, ask),
            missing=missing_facts(case, responsibility, parts, ask),
            conflicts=conflicts_met(case, ask),
            notes=location_notes(case),
            **parts,
        )

    def case(
        self, facts: Mapping[str, object], as_of: date, edition: str = "2022", presume: bool = True
    ) -> Case:
        """The case itself, for looking at derived facts."""
        rules = self.edition(edition)
        return Case(rules, read_facts(facts, rules.fields, as_of), as_of, presume)

    def compare(
        self, facts: Mapping[str, object], changes: Mapping[str, object], as_of: date, edition: str = "2022"
    ) -> dict[str, Any]:
        """What would change if some facts were different. A change to `...` makes a fact unknown again."""
        changed = {key: value for key, value in {**facts, **changes}.items() if value is not ...}
        before = self.assess(facts, as_of, edition)
        after = self.assess(changed, as_of, edition)
        return compare_assessments(before, after, {k: v for k, v in changes.items() if v is not ...})

    def compare_editions(
        self, facts: Mapping[str, object], as_of: date, editions: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Where the editions of the policy give different answers for a case.

        An edition in which a fact cannot be used is left out, and named under `left_out` with the reason.
        Raises FactErrors when that is so in every edition.
        """
        found: dict[str, Assessment] = {}
        refused: dict[str, FactErrors] = {}
        for name in editions or self.editions:
            self.edition(name)  # an unknown name is a mistake in the question, not in the facts
            try:
                found[name] = self.assess(facts, as_of, name)
            except FactErrors as problem:
                refused[name] = problem
        if not found:
            raise next(iter(refused.values()))
        left_out = [
            {"edition": name, "errors": [asdict(error) for error in problem.errors]}
            for name, problem in refused.items()
        ]
        return {**compare_by_edition(found, as_of), "left_out": left_out}

    def rule(self, rule_id: str) -> Rule:
        """One rule. Raises KeyError for an identifier that is not in the catalogue."""
        return self.catalogue.rules[rule_id]

    def rules(
        self,
        status: str | None = None,
        group: str | None = None,
        criterion: str | None = None,
        theme: str | None = None,
    ) -> list[Rule]:
        """The rules with a status, of a group, with an inspection code (`1.2e` or `1.2.e`), or on a theme."""
        found = list(self.catalogue.rules.values())
        if status is not None:
            found = [rule for rule in found if rule.status == status]
        if group is not None:
            found = [rule for rule in found if rule.group == group]
        if criterion is not None:
            code = criterion.replace(".", "").lower()
            found = [
                r
                for r in found
                if str(r.model.outcome.get("criterion_code", "")).replace(".", "").lower() == code
            ]
        if theme is not None:
            found = [rule for rule in found if _on_theme(rule, theme.lower())]
        return found

    def conflict(self, conflict_id: str) -> dict[str, Any]:
        """One contradiction of the documents as data. Raises KeyError for an unknown identifier."""
        model = self.catalogue.conflicts[conflict_id]
        return Conflict.of(model, self.catalogue.compiler, self.catalogue.documents).as_dict()

    @property
    def not_stated(self) -> tuple[Any, ...]:
        """The numbers and details that the documents mention but never give: these are refused."""
        return tuple(self.catalogue.not_stated.values())

    @property
    def processes(self) -> Mapping[str, str]:
        """The processes that can be walked through, with their titles."""
        return {key: process.title for key, process in self.catalogue.processes.items()}

    def steps(self, process: str) -> list[Step]:
        """The steps of a process in order. Raises KeyError for an unknown process."""
        return process_steps(self.catalogue, process)


def _on_theme(rule: Rule, theme: str) -> bool:
    outcome = rule.model.outcome
    text = f"{outcome.get('domain', '')} {rule.model.source.section} {rule.model.summary}".lower()
    return theme in text


@cache
def _loaded(extra: Path | None) -> RuleBook:
    return RuleBook(load_catalogue([CATALOGUE] if extra is None else [CATALOGUE, extra]))
