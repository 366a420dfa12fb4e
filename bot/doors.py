"""What the doors are told, out of the settings."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.slack.settings import SlackSettings
from adapters.teams.hosts import is_loopback
from adapters.teams.settings import TeamsSettings
from bot.settings import Settings
from core.errors import BadSetting

if TYPE_CHECKING:
    from adapters.slack.app import Slack
    from adapters.teams.app import Teams

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_TEAMS = (
    "teams_app_id", "teams_app_password", "teams_tenants", "teams_app_type", "teams_dev_no_auth", "teams_login_url",
    "teams_openid_url",
)  # fmt: skip


def slack(settings: Settings) -> "Slack | None":
    """Slack's place in the house, closed; None where it is not set up. Raises `BadSetting`."""
    chosen = slack_settings(settings)
    if chosen is None:
        return None
    # Slack's framework is large: without a token, nobody waits for it.
    from adapters.slack.app import Slack  # noqa: PLC0415

    return Slack(chosen)


def slack_settings(settings: Settings) -> SlackSettings | None:
    """Slack's tokens; None without any. Raises `BadSetting` when the bot token or a way in for events is missing."""
    app_token, secret = settings.slack_app_token, settings.slack_signing_secret
    if settings.slack_bot_token is None:
        if app_token is None and secret is None:
            return None
        raise BadSetting("slack.no_bot_token", name="SLACK_BOT_TOKEN")
    if app_token is None and secret is None:
        raise BadSetting("slack.no_way_in", name="SLACK_APP_TOKEN")
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=app_token.get_secret_value() if app_token else None,
        signing_secret=secret.get_secret_value() if secret else None,
        api_url=settings.slack_api_url.rstrip("/") + "/",
    )


def teams(settings: Settings) -> "Teams | None":
    """Teams' place in the house, closed; None where it is not set up. Raises `BadSetting`."""
    chosen = teams_settings(settings)
    if chosen is None:
        return None
    # Microsoft's framework is large: without a registration, nobody waits for it.
    from adapters.teams.app import Teams  # noqa: PLC0415

    return Teams(chosen)


def teams_settings(settings: Settings) -> TeamsSettings | None:
    """The bot's registration; None without any of its settings. Raises `BadSetting` when something is missing, and for
    a door without authentication that others than this machine could reach.
    """
    fields = type(settings).model_fields
    if all(getattr(settings, name) == fields[name].default for name in _OF_TEAMS):
        return None
    if settings.teams_dev_no_auth:
        _require_nobody_else(settings)
    else:
        _require_whole(settings)
    if settings.teams_app_id and not _GUID.fullmatch(settings.teams_app_id):
        raise BadSetting("teams.no_guid", name="TEAMS_APP_ID")
    if not all(map(_GUID.fullmatch, settings.teams_tenants)):
        raise BadSetting("teams.no_guid", name="TEAMS_TENANT_ID")
    password = settings.teams_app_password
    return TeamsSettings(
        app_id=settings.teams_app_id.lower(),
        password=password.get_secret_value() if password else None,
        tenants=tuple(one.lower() for one in settings.teams_tenants),
        app_type=settings.teams_app_type,
        no_auth=settings.teams_dev_no_auth,
        login_url=settings.teams_login_url.rstrip("/"),
        openid_url=settings.teams_openid_url,
        public_url=settings.public_url,
    )


def _require_whole(settings: Settings) -> None:
    if not settings.teams_app_id:
        raise BadSetting("teams.no_app_id", name="TEAMS_APP_ID")
    has_password, is_identity = settings.teams_app_password is not None, settings.teams_app_type == "UserAssignedMSI"
    if not has_password and not is_identity:
        raise BadSetting("teams.no_password", name="TEAMS_APP_PASSWORD")
    if has_password and is_identity:
        raise BadSetting("teams.two_credentials", name="TEAMS_APP_PASSWORD")
    if not settings.teams_tenants:
        raise BadSetting("teams.no_tenant", name="TEAMS_TENANT_ID")


def _require_nobody_else(settings: Settings) -> None:
    if settings.teams_app_password is not None:
        raise BadSetting("teams.no_auth_with_password", name="TEAMS_DEV_NO_AUTH")
    shown = urlsplit(settings.public_url).hostname
    is_shown_here = shown is None or is_loopback(shown)
    if not is_loopback(settings.host) or settings.trusted_proxies or not is_shown_here:
        raise BadSetting("teams.no_auth_reachable", name="TEAMS_DEV_NO_AUTH")
