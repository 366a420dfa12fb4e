"""The bot's own token, which every call to Teams shows: looked up in a thread, kept until shortly before its end."""

import asyncio
import logging
from time import monotonic
from typing import Any

from adapters.teams.settings import TeamsSettings

SECONDS_A_REQUEST = 10.0
"""For each of the few requests of a look-up."""
SECONDS_A_LOOK_UP = 25.0
"""For all of them."""
_EARLY = 300.0
"""Seconds before its end that a token is given up."""
_LEAST = 30.0
"""Seconds that a token is used at least, however soon it ends."""
_FOR_A_WHILE = frozenset({"temporarily_unavailable", "server_error", "request_timeout"})
"""OAuth's words for a failure that says nothing of the credentials."""

log = logging.getLogger(__name__)


class NoToken(Exception):
    """No token could be had. `is_refused`: the credentials are wrong; else the service could not be reached."""

    def __init__(self, code: str, *, is_refused: bool) -> None:
        super().__init__(code)
        self.code = code
        self.is_refused = is_refused


class Tokens:
    """Tokens of one bot. However many wait for one, it is looked up once."""

    def __init__(self, settings: TeamsSettings) -> None:
        self._settings = settings
        self._token = ""
        self._until = 0.0
        self._asked: asyncio.Task[str] | None = None

    async def get(self) -> str | None:
        """A token that is good for some minutes; None where nothing is signed. Raises `NoToken`."""
        if self._settings.no_auth:
            return None
        if self._token and self._until > monotonic():
            return self._token
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask())
        # Whoever gives up must not end the look-up for the others.
        return await asyncio.shield(self._asked)

    def forget(self, token: str) -> None:
        """Teams did not take this one: the next is a new one."""
        if token == self._token:
            self._token = ""

    async def _ask(self) -> str:
        try:
            async with asyncio.timeout(SECONDS_A_LOOK_UP):
                token, seconds = await asyncio.to_thread(_looked_up, self._settings)
        except TimeoutError:
            raise NoToken("timeout", is_refused=False) from None
        self._token, self._until = token, monotonic() + max(seconds - _EARLY, _LEAST)
        return token


def _looked_up(settings: TeamsSettings) -> tuple[str, float]:
    """A token and the seconds that it is good for. Blocks. A new client each time: msal keeps tokens itself, and would
    give one that Teams refused again.
    """
    # Large, and needed only where something is signed.
    import msal  # type: ignore[import-untyped]  # noqa: PLC0415
    import requests  # noqa: PLC0415

    with requests.Session() as session:
        client = _Patient(session)
        try:
            answer = _asked_for(msal, client, settings)
        except (requests.RequestException, msal.exceptions.MsalServiceError, RuntimeError, OSError) as error:
            raise NoToken(type(error).__name__, is_refused=False) from None
        except (ValueError, KeyError):
            # What msal says when there is no such tenant; its words have the answer in them.
            raise NoToken("invalid_tenant", is_refused=True) from None
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if isinstance(token, str) and token and isinstance(seconds, int | float):
        return token, float(seconds)
    code = str(answer.get("error") or "no_token")
    raise NoToken(code if code.isidentifier() else "no_token", is_refused=code not in _FOR_A_WHILE)


def _asked_for(msal: Any, client: "_Patient", settings: TeamsSettings) -> dict[str, Any]:
    if settings.app_type == "UserAssignedMSI":
        identity = msal.UserAssignedManagedIdentity(client_id=settings.app_id)
        found = msal.ManagedIdentityClient(identity, http_client=client).acquire_token_for_client(
            resource=settings.service
        )
        return dict(found)
    tenant = "botframework.com" if settings.app_type == "MultiTenant" else settings.tenants[0]
    application = msal.ConfidentialClientApplication(
        settings.app_id,
        client_credential=settings.password,
        authority=f"{settings.login_url}/{tenant}",
        http_client=client,
        # The address comes from our own settings: nobody else needs to be asked whether it is Microsoft's.
        instance_discovery=False,
    )
    return dict(application.acquire_token_for_client(scopes=[f"{settings.service}/.default"]))


class _Patient:
    """What msal makes its requests with: each has its time, and none follows where an answer leads."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def get(self, url: str, **arguments: Any) -> Any:
        return self._session.get(url, **{"timeout": SECONDS_A_REQUEST, "allow_redirects": False, **arguments})

    def post(self, url: str, **arguments: Any) -> Any:
        return self._session.post(url, **{"timeout": SECONDS_A_REQUEST, "allow_redirects": False, **arguments})

    def close(self) -> None:
        self._session.close()
