"""A case on a date: the facts, what is taken for granted, and everything worked out from them (once each)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from actions.rules.logic import NOTHING, Truth
from actions.rules.values import UNCLEAR, Open, Value

if TYPE_CHECKING:
    from actions.rules.editions import Edition


class Case:
    """The facts of one case on one date, under one edition.

    `facts` holds typed values; a missing key is unknown, `None` is known to be absent. With `presume` the
    ordinary values of the catalogue's presumptions stand in for missing facts.
    """

    def __init__(
        self,
        edition: Edition,
        facts: Mapping[str, Any],
        today: date,
        presume: bool = True,
        as_of: date | None = None,
    ) -> None:
        self.edition, self.facts, self.today, self.presume = edition, facts, today, presume
        self.as_of = as_of or today  # stays the same when the case is looked at on a later day
        self.truths: list[Any] = [...] * edition.size
        self.values: dict[str, Any] = {**facts, "today": today}
        self.memory: dict[Any, Any] = {}

    def on(self, day: date) -> Case:
        """The same case on another day (made once for each day)."""
        known: Case | None = self.memory.get(day)
        if known is None:
            known = self.memory[day] = Case(self.edition, self.facts, day, self.presume, self.as_of)
        return known

    def strictly(self) -> Case:
        """The same case with nothing taken for granted."""
        if not self.presume:
            return self
        known: Case | None = self.memory.get("strictly")
        if known is None:
            known = self.memory["strictly"] = Case(self.edition, self.facts, self.today, False, self.as_of)
        return known

    def given(self, **changes: Any) -> Case:
        """The same case with some facts changed."""
        return Case(self.edition, {**self.facts, **changes}, self.today, self.presume, self.as_of)

    def value(self, name: str) -> Value:
        """The value of a fact, entered or worked out."""
        value: Value | EllipsisType = self.values.get(name, ...)
        if value is ...:
            value = self.values[name] = self._work_out(name)
        return value

    def _work_out(self, name: str) -> Value:
        derive = self.edition.derivations.get(name)
        if derive is not None:
            self.values[name] = UNCLEAR  # stops a derivation that (by a mistake in the data) needs itself
            return derive(self)
        if self.presume:
            presumption = self.edition.presumptions.get(name)
            if presumption is not None and presumption.holds(self):
                return presumption.value(self)
        return self.edition.unknown.get(name) or Open(frozenset({name}))

    def known(self, name: str) -> Any:
        """The value of a fact, with None both for unknown and for absent."""
        value = self.value(name)
        return None if isinstance(value, Open) else value

    def day(self, name: str) -> date | None:
        """A dated fact, with None for unknown and for absent."""
        value = self.known(name)
        return value if isinstance(value, date) else None

    def open_facts(self, name: str) -> frozenset[str]:
        """The facts that would settle a value; empty when it is settled or unclear in the text."""
        value = self.value(name)
        return value.facts if isinstance(value, Open) else NOTHING

    def truth(self, rule_id: str) -> Truth:
        """Whether a rule of the edition applies; False for a rule the edition does not have."""
        rule = self.edition.by_id.get(rule_id)
        return rule.condition.truth(self) if rule else False

    @cached_property
    def presumed(self) -> frozenset[str]:
        """The names of the facts that could have been taken for granted (not given)."""
        if not self.presume:
            return NOTHING
        return frozenset(name for name in self.edition.presumptions if name not in self.facts)
