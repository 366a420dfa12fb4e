"""Settings at start, from the environment or a `.env` file. What changes while running lives in system_config."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import BadSetting


class Settings(BaseSettings):
    """Every setting, its name in the environment, its default. Secrets never show in a repr."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    database_url: str = Field("sqlite:///app_data.db", alias="DATABASE_URL")
    """The store: sqlite:///file, postgresql://user:password@host/name or mariadb://user:password@host/name."""
    data_dir: Path = Field(Path(), alias="COLLOQUERY_DATA_DIR")
    """Where relative SQLite files, the key file and the demo database are kept."""
    archive_dir: Path | None = Field(None, alias="COLLOQUERY_ARCHIVE_DIR")
    """Where events, questions and answers are written before they are deleted; nowhere if absent."""
    secret_key: SecretStr | None = Field(None, alias="COLLOQUERY_SECRET_KEY")
    """32 bytes in base64 or hex that encrypt passwords; "id:key,id:key" while rotating. Made on first run if absent."""
    secret_key_file: Path | None = Field(None, alias="COLLOQUERY_SECRET_KEY_FILE")
    """A file with the same, such as a mounted secret, where the setting above is absent."""
    administrators: Annotated[tuple[str, ...], NoDecode] = Field((), alias="COLLOQUERY_ADMINISTRATORS")
    """First administrators: e-mails or platform:workspace:account, separated by commas."""

    api_key: SecretStr | None = Field(None, alias="COLLOQUERY_API_KEY")
    """Whose permissions `colloquery mcp` has: a key that this program gave out. Without it, the machine's owner's."""

    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    """Without it the built-in writer answers simple questions."""
    openai_base_url: str | None = Field(None, alias="OPENAI_BASE_URL")
    """Any server that speaks the chat completions API."""
    openai_model: str = Field("gpt-4o-mini", alias="OPENAI_MODEL", min_length=1)
    openai_timeout: float = Field(30.0, alias="OPENAI_TIMEOUT", gt=0, le=600)
    """Seconds a model call may take, retries included."""
    openai_max_retries: int = Field(2, alias="OPENAI_MAX_RETRIES", ge=0, le=10)

    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    """xoxb-…, of the app that `manifest.yml` describes. Without it there is no Slack."""
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    """xapp-…, for Socket Mode: nothing needs to be reachable from outside."""
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    """For events over HTTP, at /slack/events, instead of Socket Mode or beside it."""
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL", pattern=r"^https?://[^\s@?#]+$")
    """Where Slack's Web API is: a proxy or a test server. Used for every call, Socket Mode's too."""

    teams_app_id: str = Field("", alias="TEAMS_APP_ID")
    """The Application (client) ID of the bot's registration. Without it there is no Teams."""
    teams_app_password: SecretStr | None = Field(None, alias="TEAMS_APP_PASSWORD")
    """A client secret of the app; none with a managed identity."""
    teams_tenants: Annotated[tuple[str, ...], NoDecode] = Field((), alias="TEAMS_TENANT_ID")
    """Ids of the tenants whose people may ask, the bot's own first, separated by commas."""
    teams_app_type: Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"] = Field(
        "SingleTenant", alias="TEAMS_APP_TYPE"
    )
    """Of the registration. No new ones are MultiTenant since July 2025."""
    teams_dev_no_auth: bool = Field(False, alias="TEAMS_DEV_NO_AUTH")
    """For a client on this machine alone, while developing: neither what comes in nor what goes out is signed."""
    teams_login_url: str = Field(
        "https://login.microsoftonline.com", alias="TEAMS_LOGIN_URL", pattern=r"^https://[^\s@?#]+$"
    )
    teams_openid_url: str = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        alias="TEAMS_OPENID_URL",
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[^\s@?#]+$",
    )
    """Where tokens are given out, and where the keys of what comes in are named: others in Microsoft's other clouds."""

    host: str = Field("127.0.0.1", alias="COLLOQUERY_HOST")
    port: int = Field(8000, alias="COLLOQUERY_PORT", ge=1, le=65535)
    public_hosts: Annotated[tuple[str, ...], NoDecode] = Field((), alias="COLLOQUERY_PUBLIC_HOSTS")
    """Host names browsers may use for the page besides loopback's, separated by commas."""
    web_token: SecretStr | None = Field(None, alias="COLLOQUERY_WEB_TOKEN")
    """Opens the page for its owner when it is served beyond loopback. Made at start and printed if absent."""
    public_url: str = Field("", alias="COLLOQUERY_PUBLIC_URL", pattern=r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$")
    """Where people reach the page from elsewhere, for links in chats. Its host name may be used by browsers."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field((), alias="COLLOQUERY_TRUSTED_PROXIES")
    """Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed, separated by commas."""
    requests_a_minute: int = Field(1_200, alias="COLLOQUERY_REQUESTS_A_MINUTE", ge=0)
    requests_a_minute_each: int = Field(600, alias="COLLOQUERY_REQUESTS_A_MINUTE_EACH", ge=0)
    """Requests from one address, and of one person, to the page and the API; 0 is no limit."""

    query_seconds: float = Field(30.0, alias="COLLOQUERY_QUERY_SECONDS", gt=0, le=3600)
    query_rows: int = Field(1_000, alias="COLLOQUERY_QUERY_ROWS", ge=1, le=100_000)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field((), alias="COLLOQUERY_ALLOWED_HOSTS")
    """Host names, addresses or networks that may be asked, separated by commas. Empty: any but forbidden ones."""
    concurrency: int = Field(16, alias="COLLOQUERY_CONCURRENCY", ge=1, le=1_000)
    """Questions answered at the same time in this process."""

    queue: int = Field(200, alias="COLLOQUERY_QUEUE", ge=1, le=100_000)
    """Questions that wait in this process at most; beyond it people are told at once that it is busy."""

    quota_hour: int = Field(1_000, alias="COLLOQUERY_QUOTA_HOUR", ge=0)
    quota_day: int = Field(10_000, alias="COLLOQUERY_QUOTA_DAY", ge=0)
    quota_month: int = Field(100_000, alias="COLLOQUERY_QUOTA_MONTH", ge=0)
    """Tokens a person may use in a calendar hour, day, month."""
    timezone: str = Field("UTC", alias="COLLOQUERY_TIMEZONE")
    """The calendar of the quotas, as in "Asia/Seoul"."""
    language: Literal["en", "ko"] = Field("en", alias="COLLOQUERY_LANGUAGE")
    """Spoken where the asker's language is not known."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", alias="COLLOQUERY_LOG_LEVEL")
    log_format: Literal["text", "json"] = Field("text", alias="COLLOQUERY_LOG_FORMAT")
    metrics_token: SecretStr | None = Field(None, alias="COLLOQUERY_METRICS_TOKEN")
    """Whoever reads /metrics has to send it as a bearer token; without one there is no such page."""
    traces_url: str = Field("", alias="COLLOQUERY_TRACES_URL", pattern=r"^(https?://[^\s@]+)?$")
    """Where traces are sent as OpenTelemetry's OTLP over HTTP; nowhere if empty. Needs the extra `otel`."""
    log_questions: bool = Field(False, alias="COLLOQUERY_LOG_QUESTIONS")
    """Whether the log has the words of questions and their SQL; rows it never has."""

    @field_validator(
        "administrators", "public_hosts", "trusted_proxies", "allowed_hosts", "teams_tenants", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "archive_dir", "metrics_token", "secret_key", "api_key", "secret_key_file", "openai_api_key", "openai_base_url",
        "web_token", "slack_bot_token", "slack_app_token", "slack_signing_secret", "teams_app_password", mode="before",
    )  # fmt: skip
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("public_url", mode="before")
    @classmethod
    def _without_slash(cls, value: object) -> object:
        return value.strip().rstrip("/") if isinstance(value, str) else value

    @field_validator("teams_app_id", mode="before")
    @classmethod
    def _without_spaces(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("not a time zone")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the quotas' calendar."""
        return ZoneInfo(self.timezone)


def load(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings. Raises `BadSetting` naming the first wrong one, never its value."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as wrong:
        name = str(wrong.errors()[0]["loc"][0])
        raise BadSetting("setting.bad", name=name) from None
