"""Nothing that identifies a person gets into the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import create_engine, text

from assistant.logs import DiscreetFormatter, configure_logs, redacted

SAID = "Jordan Sample A1234BC born 1 May 1990"
TRACES = ("Jordan", "Sample", "A1234BC", "1990")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service would write to its log at INFO."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("assistant.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def test_an_error_is_logged_with_its_place_and_without_its_words(log: io.StringIO) -> None:
    def answer(message: str) -> None:
        try:
            raise KeyError(message)
        except KeyError as problem:
            raise ValueError(f"cannot read {message}") from problem

    try:
        answer(SAID)
    except ValueError:
        logging.getLogger("assistant.test").exception("a message could not be answered")
    written = log.getvalue()
    assert "in answer" in written
    assert "ValueError" in written
    assert "KeyError" in written
    assert not [trace for trace in TRACES if trace in written]


def test_a_failed_statement_is_logged_without_its_values(log: io.StringIO) -> None:
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": SAID})
    except Exception:
        logging.getLogger("assistant.test").exception("could not be written")
    assert "OperationalError" in log.getvalue()
    assert not [trace for trace in TRACES if trace in log.getvalue()]


@pytest.mark.parametrize(
    "personal",
    [
        "A1234BC",
        "a1234bc",
        "A1234 BC",
        "1 May 1990",
        "01/05/1990",
        "1990-05-01",
        "1st Dec 90",
        "pat@example.org",
    ],
)
def test_numbers_dates_and_addresses_are_taken_out_of_a_line(log: io.StringIO, personal: str) -> None:
    logging.getLogger("assistant.test").info("about %s here", personal)
    assert personal not in log.getvalue().split(": ", 1)[1]
    assert redacted("opened 12 cases in 300 ms") == "opened 12 cases in 300 ms"


def test_what_rasa_logs_comes_without_the_values_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    structlog.get_logger().warning("processor.message", text=SAID, sender="Jordan")
    written = capsys.readouterr().err
    assert not [trace for trace in TRACES if trace in written]
