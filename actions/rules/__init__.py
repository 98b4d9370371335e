"""The rules module: the policy of the guidance as data, and what follows from it for a case.

Pure Python: no database, no network, no clock of its own, and nothing of the rest of the project.
"""

from actions.rules.book import RuleBook
from actions.rules.facts import FactError, FactErrors, Field
from actions.rules.loader import CatalogueError
from actions.rules.results import Assessment, Citation, Part, Reason, Responsibility, Task

__all__ = [
    "Assessment",
    "CatalogueError",
    "Citation",
    "FactError",
    "FactErrors",
    "Field",
    "Part",
    "Reason",
    "Responsibility",
    "RuleBook",
    "Task",
]
