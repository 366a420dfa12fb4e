"""Who sends what comes in: the Bot Framework, by a token it signed; on behalf of a tenant that may write to us.

botbuilder asks a `BotFrameworkAuthentication` for that. This is one of our own: botbuilder's reads the keys while the
event loop stands still and without a time limit, and stumbles over a key it does not know instead of reading them anew.
"""

from typing import Any

import jwt
from botbuilder.schema import Activity  # type: ignore[import-untyped]
from botframework.connector.auth import (  # type: ignore[import-untyped]
    AuthenticationConstants,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)
from botframework.connector.auth.authenticate_request_result import (  # type: ignore[import-untyped]
    AuthenticateRequestResult,
)
from botframework.connector.auth.connector_factory import ConnectorFactory  # type: ignore[import-untyped]

from adapters.teams.calls import Connector
from adapters.teams.hosts import may_be_called
from adapters.teams.keys import Keys, KeysNotRead
from adapters.teams.settings import TeamsSettings

CHANNEL = "msteams"
"""The Bot Framework's name for Teams."""
LEEWAY = 300.0
"""Seconds that its clock and ours may be apart."""
_ALGORITHM = "RS256"
_LONGEST_HEADER = 16_384

__all__ = ["Authentication", "KeysNotRead", "NotAuthentic"]


class NotAuthentic(Exception):
    """Not sent by the Bot Framework, or not to this bot. The text says why; nothing of the token is in it."""


class Authentication(BotFrameworkAuthentication):  # type: ignore[misc]
    """Checks tokens. What goes out does not go through botbuilder: its clients are our `Connector`, or none."""

    def __init__(self, settings: TeamsSettings, connector: Connector, keys: Keys | None) -> None:
        """Without `keys` nothing is signed: `settings.no_auth`."""
        assert settings.no_auth == (keys is None), "one of both"
        self._settings = settings
        self._connector = connector
        self._keys = keys

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """Whether an activity is authentic. Raises `NotAuthentic`; `KeysNotRead` when that cannot be known."""
        claims: dict[str, Any] = {}
        if self._keys is not None:
            claims = await self._claims(self._keys, auth_header, activity)
        if not may_be_called(activity.service_url, no_auth=self._settings.no_auth):
            raise NotAuthentic("its service address may not be called")
        result = AuthenticateRequestResult()
        result.audience = self._settings.service
        result.claims_identity = ClaimsIdentity(claims, is_authenticated=True)
        result.connector_factory = self.create_connector_factory(result.claims_identity)
        return result

    async def _claims(self, keys: Keys, header: str, activity: Activity) -> dict[str, Any]:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(header) > _LONGEST_HEADER:
            raise NotAuthentic("it has no bearer token")
        key = await keys.get(_key_id(token))
        if key is None:
            raise NotAuthentic("its key is not known")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[_ALGORITHM],
                audience=self._settings.app_id,
                issuer=self._settings.service,
                leeway=LEEWAY,
                options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
            )
        except jwt.PyJWTError as wrong:
            raise NotAuthentic(type(wrong).__name__) from None
        except (ValueError, TypeError, OverflowError, RecursionError):
            # A claim of a kind that the library does not expect.
            raise NotAuthentic("its claims cannot be read") from None
        if claims.get(AuthenticationConstants.SERVICE_URL_CLAIM) != activity.service_url:
            raise NotAuthentic("it is for another service address")
        if activity.channel_id != CHANNEL or CHANNEL not in key.endorsements:
            raise NotAuthentic("its key may not sign for Teams")
        return claims

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        """Not offered: the Bot Framework posts to us."""
        raise NotAuthentic("streaming is not offered")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        """What goes out goes through our own `Connector`."""
        return _Connectors(self._connector)

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """None: nobody signs in by a card."""


class _Connectors(ConnectorFactory):  # type: ignore[misc]
    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def create(self, service_url: str, audience: str) -> Connector:
        return self._connector


def _key_id(token: str) -> str:
    """The key that a token names. Raises `NotAuthentic` when it names none, or is not signed as it must be."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotAuthentic("it is no token") from None
    identity = header.get("kid")
    if header.get("alg") != _ALGORITHM or not isinstance(identity, str) or not identity:
        raise NotAuthentic("it is not signed with a key that has an id")
    return identity
