"""An edition of the policy, compiled: which rules decide, in which order, and what is presumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from actions.rules.case import Case
from actions.rules.conflicts import Conflict
from actions.rules.dates import Offset, shift
from actions.rules.derived import DERIVATIONS, GUIDANCE_DERIVATIONS
from actions.rules.facts import Field
from actions.rules.logic import NOTHING, All, Compiler, Condition, Truth, plain_date
from actions.rules.rule import Rule
from actions.rules.schema import (
    AnchorModel,
    DerivedModel,
    EditionModel,
    GapModel,
    PresumptionModel,
    TableRow,
)
from actions.rules.service_2026 import DERIVATIONS as SERVICE_2026_DERIVATIONS
from actions.rules.values import UNCLEAR, Open, Value

if TYPE_CHECKING:
    from actions.rules.loader import Catalogue

_MAIN_FACTS = (
    "legal_status",
    "sentence_type",
    "recall_type",
    "provider",
    "estate",
    "prison_operator",
    "restricted_patient",
    "youth_transition",
)
Derivation = Callable[[Case], Value]
PARTS_DERIVATIONS: Mapping[str, Mapping[str, Derivation]] = {
    "guidance": GUIDANCE_DERIVATIONS,
    "service_2026": SERVICE_2026_DERIVATIONS,
}


@dataclass(frozen=True)
class Presumption:
    """An ordinary value that stands in for a missing fact."""

    model: PresumptionModel
    when: All
    unless: All

    def holds(self, case: Case) -> bool:
        """Whether it may be taken for granted in this case."""
        if self.model.when and self.when.truth(case) is not True:
            return False
        return not (self.model.unless and self.unless.truth(case) is True)

    def value(self, case: Case) -> Value:
        """The value taken for granted."""
        return case.value(self.model.same_as) if self.model.same_as else self.model.value


@dataclass(frozen=True)
class Gap:
    """A case that the text leaves undefined."""

    model: GapModel
    when: All


class Edition:
    """One edition, ready to evaluate cases. Built once by the rule book."""

    def __init__(self, model: EditionModel, catalogue: Catalogue, compiler: Compiler) -> None:
        self.model, self.id, self.compiler = model, model.id, compiler
        self.rules: tuple[Rule, ...] = tuple(
            sorted((r for r in catalogue.rules.values() if self._uses(r)), key=lambda r: r.id)
        )
        self.by_id: Mapping[str, Rule] = {rule.id: rule for rule in self.rules}
        self.ask_when, self.ask_first_when, self.ask_last_when = (
            {name: compiler.all(conditions) for name, conditions in asking.items() if conditions}
            for asking in (catalogue.ask_when, catalogue.ask_first_when, catalogue.ask_last_when)
        )
        # by the main facts of a case, then by the identity of the list of rules (which the edition keeps)
        self._candidates: dict[tuple[Value, ...], dict[int, tuple[Rule, ...]]] = {}
        self._conflicts: dict[tuple[Value, ...], tuple[Conflict, ...]] = {}
        self._groups: dict[tuple[str, ...], tuple[Rule, ...]] = {}
        self.fields: Mapping[str, Field] = {
            **catalogue.fields,
            **{name: replace(catalogue.fields[name], allowed=tuple(v)) for name, v in model.allowed.items()},
        }
        self.askable = frozenset(name for name, field in self.fields.items() if field.ask is not None)
        self.unknown: Mapping[str, Open] = {name: Open(frozenset({name})) for name in self.fields}
        self.roles: Mapping[str, str] = catalogue.roles
        self.wording: Mapping[str, str] = catalogue.wording
        self.all_rules: Mapping[str, Rule] = catalogue.rules
        self.derivations: dict[str, Derivation] = {**DERIVATIONS, **PARTS_DERIVATIONS.get(model.parts, {})}
        for table in catalogue.tables:
            if table.editions is None or self.id in table.editions:
                self.derivations[table.field] = _table(table, compiler)
        self.presumptions: dict[str, Presumption] = {
            p.fact: Presumption(p, compiler.all(p.when), compiler.all(p.unless))
            for p in catalogue.presumptions
            if p.fact not in model.not_presumed and (p.editions is None or self.id in p.editions)
        }
        self.gaps = tuple(
            Gap(g, compiler.all(g.when))
            for g in catalogue.gaps
            if (self.id in g.editions if g.editions is not None else model.parts == "guidance")
        )
        self.conflicts = tuple(
            Conflict.of(c, compiler, catalogue.documents)
            for c in catalogue.conflicts.values()
            if (self.id in c.editions if c.editions is not None else model.parts == "guidance")
        )
        self.responsibility = self._ranked("responsible", "allocated", "discretion")
        self.holders: dict[str, str] = {
            rule.id: str(outcome.get("responsible") or outcome.get("decided_by"))
            for rule in self.responsibility
            for outcome in (rule.outcome(self.id),)
        }
        self.pom_types = self._ranked("pom_type")
        self.handovers = self._some(lambda r: r.model.variant is not None and r.kind == "task")
        self.tasks = self._some(_is_duty)

    @property
    def size(self) -> int:
        """How many distinct comparisons a case of this edition can meet."""
        return self.compiler.size

    def _uses(self, rule: Rule) -> bool:
        model = self.model
        if rule.id in model.exclude or rule.status != "operative":
            return False
        if rule.id in model.include:
            return True
        if rule.model.edition not in model.sources or rule.group in model.exclude_groups:
            return False
        variant = rule.model.variant
        return variant is None or model.variants.get(variant.group) == variant.edition

    def _ranked(self, *kinds: str) -> tuple[Rule, ...]:
        ranked = [r for r in self.rules if r.model.priority is not None and r.kind in kinds]
        return tuple(sorted(ranked, key=lambda r: (r.model.priority, r.id)))

    def _some(self, wanted: Callable[[Rule], bool]) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if wanted(rule))

    def in_group(self, group: str, *kinds: str) -> tuple[Rule, ...]:
        """The rules of a group, of the kinds named (any kind when none is)."""
        key = (group, *kinds)
        if key not in self._groups:
            self._groups[key] = self._some(lambda r: r.group == group and (not kinds or r.kind in kinds))
        return self._groups[key]

    def candidates(self, case: Case, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Those of the rules that the case's main facts do not rule out; the rest are false.

        `rules` is one of the lists that the edition keeps.
        """
        likely: dict[int, tuple[Rule, ...]] | None = case.memory.get("candidates")
        if likely is None:
            likely = self._candidates.setdefault(self._signature(case), {})
            case.memory["candidates"] = likely
        known = likely.get(id(rules))
        if known is None:
            values = self._main_facts(case)
            known = likely[id(rules)] = tuple(r for r in rules if r.condition.possible(values))
        return known

    def standing(self, case: Case, rules: tuple[Rule, ...]) -> tuple[tuple[Rule, Truth], ...]:
        """Those of the rules that hold (True) or are open (None), worked out once a case.

        `rules` is one of the lists that the edition keeps.
        """
        key = ("standing", id(rules))
        known: tuple[tuple[Rule, Truth], ...] | None = case.memory.get(key)
        if known is None:
            truths, found = case.truths, []
            for rule in self.candidates(case, rules):
                condition = rule.condition
                truth = truths[condition.index]  # looked up here for speed: most are known by now
                if truth is ...:
                    truth = condition.truth(case)
                if truth is not False:
                    found.append((rule, truth))
            known = case.memory[key] = tuple(found)
        return known

    def likely_conflicts(self, case: Case) -> tuple[Conflict, ...]:
        """Those of the contradictions that the case's main facts do not rule out."""
        signature = self._signature(case)
        known = self._conflicts.get(signature)
        if known is None:
            values = self._main_facts(case)
            known = self._conflicts[signature] = tuple(
                c for c in self.conflicts if c.applies is not None and c.applies.possible(values)
            )
        return known

    def _signature(self, case: Case) -> tuple[Value, ...]:
        return tuple(case.value(name) for name in _MAIN_FACTS)

    def _main_facts(self, case: Case) -> dict[str, Value]:
        values = zip(_MAIN_FACTS, self._signature(case), strict=True)
        return {name: value for name, value in values if not isinstance(value, Open)}

    def owners(self, roles: Iterable[str]) -> str:
        """The roles in words, such as `POM and key worker`."""
        names = [self.roles.get(role, role.replace("_", " ")) for role in roles]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) if names else ""


def _is_duty(rule: Rule) -> bool:
    """Tasks, and the passing of responsibility by early allocation."""
    return rule.kind == "task" or (rule.group == "early-allocation" and rule.kind == "responsible")


def _table(model: DerivedModel, compiler: Compiler) -> Derivation:
    rows: Sequence[tuple[Condition | None, TableRow]] = [
        (compiler.all(row.when) if row.when else None, row) for row in model.first_match
    ]

    def decide(case: Case) -> Value:
        """The value of the first row that holds; open while an earlier row is open and would give another."""
        possible: list[Value] = []
        still = NOTHING
        for condition, row in rows:
            truth = True if condition is None else condition.truth(case)
            if truth is False:
                continue
            possible.append(_row_value(row, case))
            if truth is True:
                break
            assert condition is not None
            still |= condition.open_facts(case)
        if not possible:
            return None
        if all(value == possible[0] for value in possible):
            return possible[0]
        return Open(still.union(*(value.facts for value in possible if isinstance(value, Open))))

    return decide


def _row_value(row: TableRow, case: Case) -> Value:
    if row.unclear:
        return UNCLEAR
    if row.field is not None:
        return case.value(row.field)
    if row.date is not None:
        return _anchor_date(row.date, case)
    names = row.earliest_of or row.latest_of
    if names is not None:
        values = [case.value(name) for name in names]
        still = [value for value in values if isinstance(value, Open)]
        if still:
            return Open(NOTHING.union(*(value.facts for value in still)))
        days = [plain_date(value) for value in values if isinstance(value, date)]
        if not days:
            return None
        return min(days) if row.earliest_of else max(days)
    value: Any = row.value
    return value  # type: ignore[no-any-return]


def _anchor_date(model: AnchorModel, case: Case) -> Value:
    anchor = case.value(model.anchor)
    if not isinstance(anchor, date):
        return anchor
    return shift(plain_date(anchor), Offset.of(model.offset.model_dump()), model.direction)
