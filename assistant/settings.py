"""Settings of the assistant: one typed place, with defaults that work on one machine.

Each setting can be given as an environment variable with the prefix `POM_ASSISTANT_`, for example
`POM_ASSISTANT_PORT=8123`. This module imports nothing of the project, so that every room may read it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What a deployment can change without touching code."""

    model_config = SettingsConfigDict(env_prefix="POM_ASSISTANT_", extra="ignore")

    host: str = Field("127.0.0.1", description="address to listen on; loopback unless you change it")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    data_directory: Path = Field(PROJECT_ROOT / "var", description="folder of the database")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL; a SQLite file in the data directory when not given"
    )
    model_directory: Path = Field(PROJECT_ROOT / "models", description="folder of the trained Rasa models")
    extra_rules: Path | None = Field(None, description="folder of further rules and editions, as YAML")
    cases_file: Path = Field(
        PROJECT_ROOT / "data" / "cases" / "example_cases.csv",
        description="CSV file of cases that can be opened by prison number",
    )
    edition: Literal["2019", "2022", "2026-service"] = Field(
        "2022", description="edition of the timings when a question names none"
    )
    message_limit: int = Field(4000, ge=100, description="most characters of one message")
    live_conversations: int = Field(500, ge=1, description="conversations kept in memory at once")
    events_in_memory: int = Field(
        60, ge=30, description="most recent events of a conversation kept in memory; all are in the database"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG of the conversation engine prints what people typed: never use it live"
    )

    oidc_discovery_url: str | None = Field(
        None, description="discovery document of the OpenID Connect provider; without it nobody signs in"
    )

    def sign_in_configured(self) -> bool:
        """Whether people sign in. If not, this is development mode: one demonstration person, loopback only."""
        return self.oidc_discovery_url is not None

    def database(self) -> str:
        """The URL of the database, with the folder of the default SQLite file created."""
        if self.database_url:
            return self.database_url
        self.data_directory.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{self.data_directory / 'pom-assistant.db'}"


@lru_cache(maxsize=1)
def current_settings() -> Settings:
    """The settings of this process, read once from the environment."""
    return Settings()
