"""Are we given a token, and can the keys be read that what comes in is verified with? At start, and for
`colloquery doctor`.
"""

import aiohttp

from adapters.teams.keys import Keys, KeysNotRead
from adapters.teams.settings import TeamsSettings
from adapters.teams.token import NoToken, Tokens
from core.errors import BadSetting


async def require_token(settings: TeamsSettings, tokens: Tokens) -> None:
    """Have a token looked up. Raises `BadSetting`: teams.sign_in, teams.no_identity, teams.unreachable."""
    try:
        await tokens.get()
    except NoToken as none:
        raise _no_token(settings, none) from None


async def require_keys(keys: Keys) -> None:
    """Have the keys read. Raises `BadSetting`: teams.no_keys."""
    try:
        await keys.warm_up()
    except KeysNotRead:
        raise BadSetting("teams.no_keys", name="TEAMS_OPENID_URL") from None


async def check_token(settings: TeamsSettings) -> None:
    """Ask for a token, and do not use it. Raises as `require_token`."""
    await require_token(settings, Tokens(settings))


async def check_keys(settings: TeamsSettings) -> None:
    """Read the keys, and do not use them. Raises as `require_keys`."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        await require_keys(Keys(session, settings.openid_url, settings.service))


def _no_token(settings: TeamsSettings, none: NoToken) -> BadSetting:
    if settings.app_type == "UserAssignedMSI":
        return BadSetting("teams.no_identity", name="TEAMS_APP_ID")
    if not none.is_refused:
        return BadSetting("teams.unreachable", name="TEAMS_LOGIN_URL")
    return BadSetting("teams.sign_in", name="TEAMS_APP_PASSWORD")
