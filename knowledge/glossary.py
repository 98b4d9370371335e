"""Terms and acronyms, with the words of the documents that explain them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.catalogue import load_yaml
from knowledge.lexicon import tokens

_GREETING = r"^(?:(?:hi|hello|hey|please|pls|ok|so|and|can you|could you|just|remind me)[,:\s]+)*"
_TAIL = (
    r"(?:\s+(?:stand(?:s|ing)? for|mean(?:s|ing)?|short for|actually|again|exactly|about|all about|in full|"
    r"when its at home|pls|please|anyway|the acronym|in this context|in omic|in prison|in probation))*\s*[?.!]*$"
)
_ASKS = (
    re.compile(
        _GREETING
        + r"(?:tell me |explain |say )?(?:what(?:'s|s| is| are| does| do|'re)?|wot(?:s| is)?|define|"
        r"definition of|meaning of|explain|whats meant by|what is meant by|tell me (?:a bit |a little |more )?about)\s+"
        r"(?:is |are )?"
        r"(?:an? |the |meant by |meaning of |acronym |term |abbreviation )*(?P<term>[\w/.&'’ -]{1,60}?)"
        + _TAIL,
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<term>[\w/.&'’ -]{2,40}?)\s+(?:stands? for(?: what)?|stand 4|meaning|definition|means what|mean|"
        r"in full|acronym|abbreviation)\s*[?.!]*$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<term>[A-Za-z0-9/.-]{2,20}(?: [A-Za-z0-9/.-]{2,20}){0,2})\s*\?*$"),
)


@dataclass(frozen=True)
class GlossaryEntry:
    """A term as the glossary holds it; `quotes` are (document, verbatim words), the fullest first."""

    term: str
    aliases: tuple[str, ...]
    expansion: str | None
    source: str
    quotes: tuple[tuple[str, str], ...]
    note: str | None = None


class Glossary:
    """Looks terms up, however they are written."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries = tuple(
            GlossaryEntry(
                entry["term"],
                tuple(entry.get("aliases", ())),
                entry.get("expansion"),
                entry["source"],
                tuple((quote["document"], quote["quote"]) for quote in entry.get("quotes", ())),
                entry.get("note"),
            )
            for entry in load_yaml(path or Path(__file__).with_name("glossary.yaml"))
        )
        self._names: dict[str, GlossaryEntry] = {}
        for entry in self.entries:
            for name in (
                entry.term,
                *entry.aliases,
                *((entry.expansion,) if entry.source == "verbatim" else ()),
            ):
                if name:
                    self._names.setdefault(_key(name), entry)

    def find(self, term: str) -> GlossaryEntry | None:
        """The entry of a term, an alias or a full name; plurals and case do not matter."""
        key = _key(term)
        found = self._names.get(key)
        if found is None and key.endswith("s"):
            found = self._names.get(key[:-1])
        return found

    def asked(self, question: str) -> tuple[str, GlossaryEntry | None] | None:
        """The term that a question asks the meaning of, with its entry (None when the glossary lacks it).

        >>> Glossary().asked("what does MALRAP stand for?")[0]
        'MALRAP'
        """
        for number, pattern in enumerate(_ASKS):
            match = pattern.match(question.strip())
            if not match:
                continue
            term = match.group("term").strip()
            entry = self.find(term)
            if entry is not None:
                return term, entry
            says_stand_for = re.search(
                r"stand|acronym|abbreviation|in full|short for", question, re.IGNORECASE
            )
            if number < 2 and says_stand_for:
                return term, None
        return None


def _key(name: str) -> str:
    return " ".join(tokens(name.replace("-", " ")))


@lru_cache(maxsize=1)
def shared_glossary() -> Glossary:
    """The glossary as shipped."""
    return Glossary()
