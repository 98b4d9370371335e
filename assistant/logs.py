"""What the process writes to its log: never what people type, at the default level."""

from __future__ import annotations

import logging
import os
import sys
import warnings


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
    logging.basicConfig(
        level=numeric, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("rasa", "rasa_sdk", "apscheduler", "tensorflow", "matplotlib", "alembic", "httpx"):
        logging.getLogger(noisy).setLevel(quiet)
    for handler in logging.getLogger().handlers:
        # TensorFlow says on the root logger that parts we do not install are missing.
        handler.addFilter(lambda record: not str(record.msg).startswith("Limited tf."))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(quiet),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
