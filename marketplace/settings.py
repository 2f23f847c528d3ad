"""Every setting of the site. Each is read from the environment as MARKETPLACE_<NAME>."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_SECRET = "change-me-before-going-live"  # noqa: S105 - refused in production, see below


class Settings(BaseSettings):
    """Settings with their defaults; ``flask settings`` prints them with their meaning."""

    model_config = SettingsConfigDict(env_prefix="MARKETPLACE_", extra="ignore")

    mode: Literal["development", "demo", "production", "test"] = Field(
        "development", description="production refuses default secrets, plain HTTP cookies and open mail."
    )
    secret_key: str = Field(DEFAULT_SECRET, description="Signs cookies and links; at least 32 characters.")
    database_url: str = Field(
        "sqlite:///instance/marketplace.sqlite3",
        description="SQLAlchemy address; postgresql+psycopg://user:password@host/name for PostgreSQL.",
    )
    base_url: str = Field(
        "http://127.0.0.1:5000", description="Address that links in mails start with; also the trusted host."
    )
    staff_totp: Literal["required", "off"] = Field(
        "required", description="Whether staff must use a second factor (TOTP)."
    )
    mail: Literal["smtp", "outbox"] = Field(
        "outbox", description="smtp sends; outbox keeps every mail for the staff's mail page."
    )
    smtp_host: str = Field("127.0.0.1", description="Mail server.")
    smtp_port: int = Field(25, description="Mail server's port.")
    smtp_user: str = Field("", description="User name at the mail server; empty: none.")
    smtp_password: str = Field("", description="Password at the mail server.")
    smtp_starttls: bool = Field(False, description="Whether to insist on STARTTLS.")
    mail_from: str = Field("no-reply@localhost", description="Sender of every mail.")
    proxies: int = Field(
        0, ge=0, description="How many proxies stand in front; their X-Forwarded headers are then believed."
    )
    index_folder: str = Field(
        "instance/index",
        description="Where the index of experts lies that all workers share, once it is large.",
    )
    batch_jobs: int = Field(
        -1,
        description="How many processes share a large batch of requests: -1 one for each core, 1 none beside this.",
    )
    upload_limit_mb: int = Field(
        60, description="Largest request body in megabytes, for instance a visit log with its photos."
    )
    files_folder: str = Field(
        "instance/files",
        description="Where files that people upload are kept; all workers share it. Back it up with the database.",
    )
    file_limit_mb: int = Field(20, ge=1, le=200, description="Largest uploaded file in megabytes.")
    worker: Literal["thread", "off"] = Field(
        "thread", description="thread runs jobs inside the server; off leaves them to `flask worker`."
    )
    broker_url: str = Field(
        "",
        description="redis://host:6379/0 has `flask worker` take jobs from Celery on Redis (`make broker` installs "
        "it) and the server run none; empty: no broker.",
    )

    @field_validator("broker_url")
    @classmethod
    def _broker_is_redis(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in ("redis", "rediss", "redis+socket"):
            raise ValueError(
                "MARKETPLACE_BROKER_URL: must start with redis://, rediss:// or redis+socket://."
            )
        return url

    @model_validator(mode="after")
    def _production_is_safe(self) -> Settings:
        if self.mode != "production":
            return self
        if self.secret_key == DEFAULT_SECRET or len(self.secret_key) < 32:
            raise ValueError("MARKETPLACE_SECRET_KEY: set a secret of at least 32 characters in production.")
        if not self.base_url.startswith("https://"):
            raise ValueError("MARKETPLACE_BASE_URL: must start with https:// in production.")
        if self.staff_totp != "required":
            raise ValueError("MARKETPLACE_STAFF_TOTP: must be required in production.")
        if self.mail != "smtp":
            raise ValueError("MARKETPLACE_MAIL: must be smtp in production.")
        return self

    @property
    def sqlite_path(self) -> Path | None:
        """The database file when the database is SQLite on disk."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of the process; ``create_app`` calls it."""
    global _current
    _current = settings


def current() -> Settings:
    """The settings of the process, read from the environment at first need."""
    global _current
    if _current is None:
        _current = Settings()
    return _current
