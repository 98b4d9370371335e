"""Settings of the assistant: one typed place, with defaults that work on one machine.

Each setting can be given as an environment variable with the prefix `POM_ASSISTANT_`, for example
`POM_ASSISTANT_PORT=8123`. This module imports nothing of the project, so that every room may read it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent

EmbedHost = Annotated[str, StringConstraints(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$")]
"""An origin: scheme, host and port, nothing behind them. `https://*.example.gov.uk` means every host below it."""


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
        description="made-up cases that are loaded where nobody signs in and no case is stored yet",
    )
    case_source_url: str | None = Field(
        None, description="address of a prisoner search service that gives the cases of a prison page by page"
    )
    case_source_token_url: str | None = Field(
        None, description="where its access tokens come from (OAuth 2.0)"
    )
    case_source_client_id: str | None = Field(None, description="id of this service at the token service")
    case_source_client_secret: SecretStr | None = Field(None, description="secret of this service there")
    case_source_scope: str = Field("", description="scope to ask the token service for, if it needs one")
    case_source_page_size: int = Field(200, ge=1, le=2000, description="prisoners on one page")
    case_source_timeout: float = Field(10.0, gt=0, description="seconds to wait for an answer")
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
    oidc_client_id: str | None = Field(None, description="id of this service at the provider")
    oidc_client_secret: SecretStr | None = Field(None, description="secret of this service at the provider")
    oidc_scopes: str = Field("openid profile email", description="what to ask the provider for")
    oidc_subject_claim: str = Field(
        "sub", description="claim that names a person for good; `oid` for Entra ID, which Teams uses too"
    )
    oidc_roles_claim: str | None = Field(
        None, description="claim with roles or groups; without it roles are those given by an administrator"
    )
    oidc_role_names: dict[str, str] = Field(
        default_factory=dict,
        description='what the provider calls each role, as JSON: {"OMU-POMs": "pom"}; our own names if empty',
    )
    oidc_trust_email: bool = Field(
        False,
        description="take the email address for proved even if the provider does not say `email_verified`",
    )
    public_url: str | None = Field(None, description="address people use: https://assistant.example.gov.uk")
    session_idle_minutes: int = Field(60, ge=1, description="minutes without use after which a session ends")
    session_hours: int = Field(10, ge=1, description="hours after which a session ends in any case")
    trusted_proxies: list[str] = Field(
        default_factory=list,
        description='addresses or networks whose X-Forwarded-For counts, as JSON: ["10.0.0.0/8"]',
    )

    teams_client_id: str | None = Field(
        None, description="application (client) id of the bot in Entra; without it Teams is off"
    )
    teams_tenant_id: str | None = Field(None, description="the one tenant whose people may use the bot")
    teams_client_secret: SecretStr | None = Field(None, description="secret of the bot's application")
    teams_managed_identity: str | None = Field(
        None,
        description="instead of a secret: client id of a managed identity, or `system` for the machine's own",
    )
    teams_unauthenticated: bool = Field(
        False,
        description="take messages of the local test tool without a token, from this machine only: never live",
    )
    teams_picture_minutes: int = Field(
        60, ge=1, le=1440, description="minutes for which the address of a picture in a card works"
    )

    embed_hosts: Annotated[tuple[EmbedHost, ...], NoDecode] = Field(
        (),
        description="origins whose pages may embed the chat, with commas between: https://intranet.example.gov.uk",
    )

    @field_validator("embed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, given: object) -> object:
        return (
            [host.strip() for host in given.split(",") if host.strip()] if isinstance(given, str) else given
        )

    keep_conversations_days: int = Field(
        365, ge=0, description="days after its last message; 0 keeps for ever"
    )
    keep_feedback_days: int = Field(730, ge=0, description="days after feedback was given; 0 keeps for ever")
    keep_cases_days: int = Field(
        0, ge=0, description="days after the last change of a stored case; 0 keeps until it is erased"
    )
    keep_audit_days: int = Field(2192, ge=0, description="days of the audit (six years); 0 keeps for ever")
    encryption_keys: list[SecretStr] = Field(
        default_factory=list,
        description="Fernet keys, as JSON: the first encrypts what is said, all decrypt; none: kept as it is",
    )
    requests_by_person: str = Field(
        "600/minute", description="most requests of one person; empty for no limit"
    )
    requests_by_address: str = Field(
        "3000/minute", description="most requests of one address; empty for no limit"
    )
    request_bytes: int = Field(8_000_000, ge=10_000, description="most bytes of one request")
    redis_url: SecretStr | None = Field(None, description="where several processes count requests together")

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
