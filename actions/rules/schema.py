"""The typed shape of the catalogue's YAML files. Anything that does not fit stops the load and names the
item.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Operator = Literal["eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "present", "absent", "since"]
Status = Literal["operative", "inspection-criterion", "context", "superseded", "local-practice"]
FieldType = Literal["date", "datetime", "bool", "number", "choice", "duration"]


class Strict(BaseModel):
    """A record that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OffsetModel(Strict):
    """A length of time, as written in the YAML (all parts are added up)."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    working_days: int = 0


class AnchorModel(Strict):
    """A date reached from an anchor fact: `{anchor: release_date, direction: before, offset: {months:
    8}}`.
    """

    anchor: str
    direction: Literal["before", "after"] = "after"
    offset: OffsetModel = OffsetModel()


class ConditionModel(Strict):
    """One condition: a comparison, or a group of them under `any`, `all` or `not`."""

    field: str | None = None
    op: Operator | None = None
    value: Any = None
    any: list[ConditionModel] | None = None
    all: list[ConditionModel] | None = None
    not_: list[ConditionModel] | ConditionModel | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def one_form(self) -> ConditionModel:
        """A condition is either a comparison or exactly one group."""
        groups = [g for g in (self.any, self.all, self.not_) if g is not None]
        if (self.field is None) != (self.op is None) or (self.field is not None) + len(groups) != 1:
            raise ValueError("a condition needs field and op, or exactly one of any, all and not")
        return self


class SourceModel(Strict):
    """Where a rule comes from: a document with a verbatim quote, or a file of a repository at a commit."""

    document: str | None = None
    section: str = ""
    quote: str = ""
    repository: str | None = None
    file: str | None = None
    commit: str | None = None
    position: str | None = None
    date: AnchorModel | None = None

    @model_validator(mode="after")
    def one_origin(self) -> SourceModel:
        """A citation names a document with a quote, or a repository with file and commit."""
        if self.document is not None:
            if not self.quote.strip():
                raise ValueError("a citation of a document needs a quote")
        elif not (self.repository and self.file and self.commit):
            raise ValueError("cite a document with a quote, or a repository with file and commit")
        return self


class DeadlineModel(Strict):
    """When a duty falls due."""

    kind: Literal["by", "at", "within", "window", "recurring", "earliest", "undated"] = "undated"
    anchor: str | None = None
    anchor_as_written: str | None = None
    direction: Literal["before", "after"] = "after"
    offset: OffsetModel | None = None
    end_offset: OffsetModel | None = None
    day_basis: Literal["working", "calendar", "unstated"] = "unstated"
    recurrence: dict[str, Any] | None = None
    as_written: str | None = None
    inferred: bool = False
    anchor_inferred: bool = False


class VariantModel(Strict):
    """A rule that one edition has in place of another."""

    group: str
    edition: str


class RuleModel(Strict):
    """One rule of the catalogue."""

    id: str
    group: str
    title: str | None = None
    summary: str
    plain: str | None = None
    status: Status
    decidability: Literal["machine", "human-judgement", "mixed", "context"] = "machine"
    edition: str
    variant: VariantModel | None = None
    priority: int | None = None
    conditions: list[ConditionModel] = []
    outcome: dict[str, Any]
    outcome_in: dict[str, dict[str, Any]] = {}
    deadline: DeadlineModel = DeadlineModel()
    role: list[str] = []
    same_as: list[str] = []
    done_when: list[ConditionModel] = []
    source: SourceModel
    other_sources: list[SourceModel] = []
    ambiguity: str = ""
    conflict_ids: list[str] = []
    see_also: list[str] = []
    mended: str | None = None

    @model_validator(mode="after")
    def outcome_kind(self) -> RuleModel:
        """Every outcome says what kind it is."""
        if "kind" not in self.outcome:
            raise ValueError("the outcome needs a kind")
        return self


class FieldModel(Strict):
    """One fact of a case, entered or worked out."""

    name: str
    kind: Literal["input", "judgement", "derived"]
    type: FieldType
    allowed: list[str | int] | None = None
    meaning: str
    label: str
    question: str | None = None
    ask: int | None = None
    ask_when: list[ConditionModel] = []
    ask_after: list[str] = []
    ask_first_when: list[ConditionModel] = []
    ask_last_when: list[ConditionModel] = []
    values: dict[str, str] = {}


class ShownModel(Strict):
    """How a presumption is named where the fact and its value would not say it well."""

    fact: str
    value: Any


class PresumptionModel(Strict):
    """An ordinary value taken for granted when a fact is not given."""

    fact: str
    value: Any = None
    same_as: str | None = None
    when: list[ConditionModel] = []
    unless: list[ConditionModel] = []
    editions: list[str] | None = None
    shown_as: ShownModel | None = None
    why: str = ""


class EditionModel(Strict):
    """Which rules an edition of the policy uses."""

    id: str
    title: str
    sources: list[str]
    default: bool = False
    variants: dict[str, str] = {}
    include: list[str] = []
    exclude: list[str] = []
    exclude_groups: list[str] = []
    parts: Literal["guidance", "service_2026"] = "guidance"
    allowed: dict[str, list[str | int]] = {}
    not_presumed: list[str] = []
    note: str = ""


class TableRow(Strict):
    """One row of a decision table: the first row whose `when` is true gives the value."""

    when: list[ConditionModel] = []
    value: Any = None
    field: str | None = None
    date: AnchorModel | None = None
    earliest_of: list[str] | None = None
    latest_of: list[str] | None = None
    unclear: bool = False


class DerivedModel(Strict):
    """A derived fact that is written as a decision table, for the editions named (all when none is)."""

    field: str
    editions: list[str] | None = None
    first_match: list[TableRow]


class ConflictModel(Strict):
    """A contradiction in or between the documents."""

    id: str
    title: str
    severity: Literal["high", "medium", "low"]
    quotes: list[SourceModel]
    show: list[int] | None = None
    analysis: str
    recommendation: str
    resolution: str | None = None
    matters_to: list[str] = []
    applies_when: list[ConditionModel] | None = None
    editions: list[str] | None = None
    rules: list[str] = []


class GapModel(Strict):
    """A case that the text leaves undefined, with the reason to show."""

    id: str
    part: str
    when: list[ConditionModel]
    because: str
    rules: list[str]
    decided_by: str | None = None
    editions: list[str] | None = None


class NotStatedModel(Strict):
    """A number or detail that the documents mention but never give."""

    id: str
    topic: str
    answer: str
    keywords: list[str]
    source: SourceModel
    conflict: str | None = None


class StepModel(Strict):
    """One step of a process walk-through: a rule, with its title and timing where the rule's own do not
    do.
    """

    rule: str
    title: str | None = None
    timing: str | None = None


class ProcessModel(Strict):
    """A process, step by step in order."""

    id: str
    title: str
    steps: list[StepModel]


class DocumentModel(Strict):
    """A document that rules may be cited from."""

    slug: str
    file: str
    title: str
    edition: str


class CatalogueFile(Strict):
    """The keys that any YAML file of the catalogue may hold."""

    group: str | None = None
    rules: list[RuleModel] = []
    fields: list[FieldModel] = []
    presumptions: list[PresumptionModel] = []
    editions: list[EditionModel] = []
    derived: list[DerivedModel] = []
    conflicts: list[ConflictModel] = []
    gaps: list[GapModel] = []
    not_stated: list[NotStatedModel] = []
    processes: list[ProcessModel] = []
    documents: list[DocumentModel] = []
    roles: dict[str, str] = {}
    wording: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def group_of_rules(cls, data: Any) -> Any:
        """Rules take the group of their file where they do not name one."""
        if isinstance(data, dict) and data.get("group"):
            for rule in data.get("rules") or []:
                if isinstance(rule, dict):
                    rule.setdefault("group", data["group"])
        return data
