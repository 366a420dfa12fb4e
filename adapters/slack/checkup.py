"""Does Slack take our tokens, and may they do what the door does? At start, and for `colloquery doctor`."""

from collections.abc import Awaitable, Iterable

import aiohttp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.calls import Calls, NotReached, Refused, Unclear, web_client
from adapters.slack.settings import SlackSettings
from core.errors import BadSetting

SCOPES = frozenset(
    {
        "app_mentions:read",  # to be mentioned
        "channels:history", "groups:history", "im:history", "mpim:history",  # threads; our own posts
        "channels:read", "groups:read", "im:read", "mpim:read",  # who reads a channel
        "chat:write", "im:write",  # to answer, in a direct message too
        "commands", "files:write", "reactions:write",
        "users:read", "users:read.email",  # who asks: a member or a guest, their language and time zone
    }
)  # fmt: skip
"""The bot scopes that the door needs, and no other. The manifest asks for these."""


async def check_bot_token(settings: SlackSettings) -> str:
    """Sign in with the bot token; the workspace's name.

    Raises `BadSetting`: slack.sign_in, slack.unreachable, slack.missing_scopes (with the scopes that it lacks).
    """
    async with aiohttp.ClientSession() as session:
        signed_in = Calls().read(web_client(settings, session).auth_test)
        who = await answered(signed_in, BadSetting("slack.sign_in", name="SLACK_BOT_TOKEN"))
    granted = next((value for name, value in who.headers.items() if name.lower() == "x-oauth-scopes"), None)
    if granted is not None and (missing := SCOPES - _listed(granted)):
        raise BadSetting("slack.missing_scopes", name="SLACK_BOT_TOKEN", scopes=", ".join(sorted(missing)))
    return str(who["team"])


async def check_app_token(settings: SlackSettings) -> None:
    """Ask for a socket with the app token, and do not use it.

    Raises `BadSetting`: slack.app_token, slack.unreachable.
    """
    async with aiohttp.ClientSession() as session:
        client = web_client(settings, session)
        opened = Calls().read(client.apps_connections_open, app_token=settings.app_token or "")
        await answered(opened, BadSetting("slack.app_token", name="SLACK_APP_TOKEN"))


async def answered(call: Awaitable[AsyncSlackResponse], refused: BadSetting) -> AsyncSlackResponse:
    """What Slack answers. Raises `refused` or slack.unreachable.

    Only its refusal says something of a token: that it is busy or fails does not.
    """
    try:
        return await call
    except (Refused, Unclear, NotReached) as error:
        is_refused = isinstance(error, Refused) and error.code != "ratelimited"
        raise refused if is_refused else BadSetting("slack.unreachable", name="SLACK_API_URL") from None


def _listed(header: object) -> frozenset[str]:
    texts: Iterable[object] = header if isinstance(header, list) else [header]
    return frozenset(scope.strip() for text in texts for scope in str(text).split(","))
