"""Reads the catalogue's YAML files, checks every cross-reference, and compiles the rules.

A catalogue is a folder of YAML files, any of which may hold rules, fields, editions, presumptions and so
on. A deployment adds a second folder; what it names again replaces what ships.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from actions.rules.facts import Field
from actions.rules.logic import Compiler
from actions.rules.results import cite
from actions.rules.rule import Rule
from actions.rules.schema import (
    CatalogueFile,
    ConditionModel,
    ConflictModel,
    DerivedModel,
    DocumentModel,
    EditionModel,
    GapModel,
    NotStatedModel,
    PresumptionModel,
    ProcessModel,
    RuleModel,
    SourceModel,
)

CATALOGUE = Path(__file__).parent / "catalogue"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(ValueError):
    """The catalogue cannot be used. `problems` names every item at fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the rules catalogue has mistakes: " + "; ".join(problems[:20]))


@dataclass
class Catalogue:
    """Everything the YAML files hold."""

    compiler: Compiler = field(default_factory=Compiler)
    models: dict[str, RuleModel] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    ask_when: dict[str, list[ConditionModel]] = field(default_factory=dict)
    ask_first_when: dict[str, list[ConditionModel]] = field(default_factory=dict)
    ask_last_when: dict[str, list[ConditionModel]] = field(default_factory=dict)
    documents: dict[str, DocumentModel] = field(default_factory=dict)
    editions: dict[str, EditionModel] = field(default_factory=dict)
    presumptions: list[PresumptionModel] = field(default_factory=list)
    tables: list[DerivedModel] = field(default_factory=list)
    conflicts: dict[str, ConflictModel] = field(default_factory=dict)
    gaps: list[GapModel] = field(default_factory=list)
    not_stated: dict[str, NotStatedModel] = field(default_factory=dict)
    processes: dict[str, ProcessModel] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    wording: dict[str, str] = field(default_factory=dict)


def load_catalogue(folders: Iterable[Path]) -> Catalogue:
    """The catalogue of the folders, later ones adding to and replacing earlier ones.

    Raises CatalogueError naming every file, rule or reference that is wrong.
    """
    catalogue = Catalogue()
    problems: list[str] = []
    for folder in folders:
        files = sorted(folder.glob("*.yaml"))
        if not files:
            problems.append(f"{folder.name}: the folder holds no YAML file")
        for path in files:
            try:
                _add(
                    catalogue, CatalogueFile.model_validate(yaml.load(path.read_text("utf-8"), _Loader) or {})
                )
            except yaml.YAMLError as error:
                problems.append(f"{path.name}: {error}")
            except ValidationError as error:
                problems.extend(f"{path.name}: {line}" for line in _readable(path, error))
    if problems:
        raise CatalogueError(problems)
    problems.extend(cross_check(catalogue))
    if problems:
        raise CatalogueError(problems)
    for model in catalogue.models.values():
        catalogue.rules[model.id] = _compile(model, catalogue)
    return catalogue


def _add(catalogue: Catalogue, file: CatalogueFile) -> None:
    catalogue.models.update({rule.id: rule for rule in file.rules})
    catalogue.fields.update({model.name: Field.of(model) for model in file.fields})
    catalogue.ask_when.update({model.name: model.ask_when for model in file.fields})
    catalogue.ask_first_when.update({model.name: model.ask_first_when for model in file.fields})
    catalogue.ask_last_when.update({model.name: model.ask_last_when for model in file.fields})
    catalogue.documents.update({item.slug: item for item in file.documents})
    catalogue.editions.update({item.id: item for item in file.editions})
    replaced = {(item.fact, tuple(item.editions or ())) for item in file.presumptions}
    catalogue.presumptions = [
        item for item in catalogue.presumptions if (item.fact, tuple(item.editions or ())) not in replaced
    ] + file.presumptions
    catalogue.tables += file.derived
    catalogue.conflicts.update({item.id: item for item in file.conflicts})
    ids = {item.id for item in file.gaps}
    catalogue.gaps = [item for item in catalogue.gaps if item.id not in ids] + file.gaps
    catalogue.not_stated.update({item.id: item for item in file.not_stated})
    catalogue.processes.update({item.id: item for item in file.processes})
    catalogue.roles.update(file.roles)
    catalogue.wording.update(file.wording)


def _readable(path: Path, error: ValidationError) -> Iterator[str]:
    raw = yaml.load(path.read_text("utf-8"), _Loader)
    for item in error.errors():
        where = list(item["loc"])
        name = ""
        if len(where) > 1 and isinstance(where[1], int) and isinstance(raw, dict):
            record = raw[where[0]][where[1]]
            if isinstance(record, dict):
                name = str(record.get("id") or record.get("name") or record.get("fact") or "")
        place = ".".join(str(part) for part in where[2:])
        yield f"{name or (where[0] if where else '')}: {place}: {item['msg']}"


def cross_check(catalogue: Catalogue) -> list[str]:
    """Every reference of one item to another that leads nowhere."""
    problems: list[str] = []
    for rule in catalogue.models.values():
        problems += [f"{rule.id}: {text}" for text in _rule_problems(rule, catalogue)]
    for table in catalogue.tables:
        for row in table.first_match:
            problems += [
                f"derived {table.field}: {text}" for text in _condition_problems(row.when, catalogue)
            ]
    for asking in (catalogue.ask_first_when, catalogue.ask_last_when):
        for name, conditions in asking.items():
            problems += [f"field {name}: {text}" for text in _condition_problems(conditions, catalogue)]
    for name, conditions in catalogue.ask_when.items():
        problems += [f"field {name}: {text}" for text in _condition_problems(conditions, catalogue)]
        after = catalogue.fields[name].ask_after
        problems += [
            f"field {name}: there is no field {other}" for other in after if other not in catalogue.fields
        ]
    for presumption in catalogue.presumptions:
        if presumption.fact not in catalogue.fields:
            problems.append(f"presumption {presumption.fact}: there is no such field")
        if presumption.shown_as is not None and presumption.shown_as.fact not in catalogue.fields:
            problems.append(f"presumption {presumption.fact}: there is no field {presumption.shown_as.fact}")
        for conditions in (presumption.when, presumption.unless):
            problems += [
                f"presumption {presumption.fact}: {text}"
                for text in _condition_problems(conditions, catalogue)
            ]
    for conflict in catalogue.conflicts.values():
        found = _condition_problems(conflict.applies_when or [], catalogue)
        found += [f"there is no rule {i}" for i in conflict.rules if i not in catalogue.models]
        found += [text for quote in conflict.quotes for text in _source_problems(quote, catalogue)]
        problems += [f"{conflict.id}: {text}" for text in found]
    for gap in catalogue.gaps:
        found = _condition_problems(gap.when, catalogue)
        found += [f"there is no rule {i}" for i in gap.rules if i not in catalogue.models]
        problems += [f"gap {gap.id}: {text}" for text in found]
    for process in catalogue.processes.values():
        problems += [
            f"process {process.id}: there is no rule {s.rule}"
            for s in process.steps
            if s.rule not in catalogue.models
        ]
    for edition in catalogue.editions.values():
        for rule_id in (*edition.include, *edition.exclude):
            if rule_id not in catalogue.models:
                problems.append(f"edition {edition.id}: there is no rule {rule_id}")
    for item in catalogue.not_stated.values():
        problems += [f"{item.id}: {text}" for text in _source_problems(item.source, catalogue)]
    return problems


def _rule_problems(rule: RuleModel, catalogue: Catalogue) -> Iterator[str]:
    yield from _condition_problems(rule.conditions, catalogue)
    yield from _condition_problems(rule.done_when, catalogue)
    if rule.deadline.anchor is not None and rule.deadline.anchor not in catalogue.fields:
        yield f"there is no field {rule.deadline.anchor} to count from"
    known = {document.edition for document in catalogue.documents.values()}
    if rule.source.document is not None and rule.edition not in known:
        yield f"there is no edition {rule.edition}"
    for source in (rule.source, *rule.other_sources):
        yield from _source_problems(source, catalogue)
    for kind, ids in (("rule", [*rule.see_also, *rule.same_as]), ("conflict", rule.conflict_ids)):
        items: Mapping[str, Any] = catalogue.models if kind == "rule" else catalogue.conflicts
        for other in ids:
            if other not in items:
                yield f"there is no {kind} {other}"
    for role in rule.role:
        if role not in catalogue.roles:
            yield f"there is no role {role}"


def _source_problems(source: SourceModel, catalogue: Catalogue) -> Iterator[str]:
    if source.document is not None and source.document not in catalogue.documents:
        yield f"there is no document {source.document}"


def _condition_problems(models: Iterable[ConditionModel], catalogue: Catalogue) -> list[str]:
    problems: list[str] = []
    for model in models:
        not_part = model.not_ if isinstance(model.not_, list) else [model.not_] if model.not_ else []
        for group in (model.any or [], model.all or [], not_part):
            problems += _condition_problems(group, catalogue)
        if model.field is None:
            continue
        known = catalogue.fields.get(model.field)
        if known is None:
            problems.append(f"there is no field {model.field}")
            continue
        value = model.value
        if isinstance(value, Mapping):
            if value.get("anchor") not in catalogue.fields:
                problems.append(f"there is no field {value.get('anchor')}")
        elif model.op == "since":
            if value not in catalogue.fields:
                problems.append(f"there is no field {value}")
        elif known.allowed and model.op in ("eq", "ne", "in", "not_in"):
            values = value if isinstance(value, list) else [value]
            problems += [f"{known.name} is never {v!r}" for v in values if v not in known.allowed]
    return problems


def _compile(model: RuleModel, catalogue: Catalogue) -> Rule:
    compiler = catalogue.compiler
    outcomes = {edition: {**model.outcome, **change} for edition, change in model.outcome_in.items()}
    return Rule(
        model,
        compiler.all(model.conditions),
        compiler.all(model.done_when) if model.done_when else None,
        cite(model.source, catalogue.documents),
        tuple(cite(source, catalogue.documents) for source in model.other_sources),
        outcomes,
    )


def normalised(text: str) -> str:
    """Text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


def quote_problems(catalogue: Catalogue, documents: Path) -> list[str]:
    """Every quote that is not in its document word for word (white space aside)."""
    texts = {
        item.slug: normalised((documents / item.file).read_text("utf-8"))
        for item in catalogue.documents.values()
        if (documents / item.file).exists()
    }
    problems = [
        f"{slug}: the document is not in the folder" for slug in catalogue.documents if slug not in texts
    ]
    named = [
        (rule.id, source)
        for rule in catalogue.models.values()
        for source in (rule.source, *rule.other_sources)
    ]
    named += [(conflict.id, quote) for conflict in catalogue.conflicts.values() for quote in conflict.quotes]
    named += [(item.id, item.source) for item in catalogue.not_stated.values()]
    for name, source in named:
        text = texts.get(source.document or "")
        if text is not None and normalised(source.quote) not in text:
            problems.append(f"{name}: the quote is not in {source.document}: {source.quote[:60]!r}")
    return problems
