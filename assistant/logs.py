"""What the process writes to its log: never what people type, at the default level."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
import warnings
from typing import Any

_PERSONAL = (
    (re.compile(r"\b[A-Z]\s?\d{4}\s?[A-Z]{2}\b", re.IGNORECASE), "[prison number]"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "[email address]"),
    (
        re.compile(
            r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}"
            r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{2,4})\b",
            re.IGNORECASE,
        ),
        "[date]",
    ),
)

OURS = ("assistant.", "actions.", "knowledge.")
"""Packages whose errors are worded by us, without names. Any other error may repeat what a person typed."""


def redacted(text: str) -> str:
    """A text without prison numbers, dates and email addresses."""
    for pattern, instead in _PERSONAL:
        text = pattern.sub(instead, text)
    return text


class DiscreetFormatter(logging.Formatter):
    """Writes a record without personal data, and an error with its places and without its words."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line of a record. The time it was written is no personal date."""
        record.message = redacted(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """The places of an error, and of those that led to it, each with its kind."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += [
                f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            lines.append(_kind(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            if error is not None:
                lines.append("came from")
        return "\n".join(lines)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if type(error).__module__.startswith(OURS):
        return f"{name}: {redacted(str(error))}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name


def _only_the_event(_logger: Any, _method: str, event: Any) -> Any:
    """What Rasa logs, without the values beside it: they can be what a person typed."""
    return {"event": redacted(str(event.get("event", "")))}


def configure_logs(level: str) -> None:
    """Set the level for the service and for Rasa, whose structured log prints messages until it is told."""
    import structlog

    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    for noisy_module in ("rasa", "apscheduler", "keras", "tensorflow"):
        warnings.filterwarnings("ignore", module=noisy_module)
    numeric = logging.getLevelName(level)
    quiet = max(numeric, logging.WARNING) if numeric > logging.DEBUG else numeric
    logging.basicConfig(level=numeric, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for noisy in ("rasa", "rasa_sdk", "apscheduler", "tensorflow", "matplotlib", "alembic", "httpx"):
        logging.getLogger(noisy).setLevel(quiet)
    for handler in logging.getLogger().handlers:
        # TensorFlow says on the root logger that parts we do not install are missing.
        handler.addFilter(lambda record: not str(record.msg).startswith("Limited tf."))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(quiet),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[_only_the_event, structlog.dev.ConsoleRenderer(colors=False)],
    )
