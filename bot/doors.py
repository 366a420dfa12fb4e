"""What the doors are told, out of the settings."""

from typing import TYPE_CHECKING

from adapters.slack.settings import SlackSettings
from bot.settings import Settings
from core.errors import BadSetting

if TYPE_CHECKING:
    from adapters.slack.app import Slack


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
