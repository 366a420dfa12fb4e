"""Calls to Slack's Web API: in turn per channel, patient when told to wait, never repeated when it may have worked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.chat.pace import Pace
from adapters.slack.settings import SlackSettings

SECONDS_A_CALL = 15.0
SECONDS_A_SIGN = 5.0
"""For a call that nothing depends on."""
SECONDS_A_FILE = 120.0
"""For the bytes of a file."""
_MOST_WAITS = 6
"""Times that a call told to wait is made."""
_LONGEST_WAIT = 120.0
"""Seconds; a longer Retry-After is left to whoever delivers again later."""
_UNTOLD_WAIT = 1.0
"""Seconds to wait when Slack does not say how long."""
_TOO_MANY, _SERVER_ERROR = 429, 500
_FAILED = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's words for a failure of its own: what was asked may have been done."""
_MOST_PACES = 1_000

log = logging.getLogger(__name__)


class Refused(Exception):
    """Slack understood and said no: nothing happened. `code` is Slack's own word, such as invalid_blocks."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unclear(Exception):
    """It may have happened: the line broke after the call was sent, or Slack failed.

    `answered`: Slack did answer, that it failed; what it chokes on may be the call itself.
    """

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered


class NotReached(Exception):
    """Slack could not be reached: the call was never sent."""


def web_client(settings: SlackSettings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client over one session of connections. It repeats nothing by itself: a post that is repeated blindly is posted
    twice. Its logger writes whole requests at DEBUG, so that it gets one that never does.
    """
    quiet = logging.getLogger(f"{__name__}.client")
    quiet.setLevel(logging.WARNING)
    return AsyncWebClient(
        token=settings.bot_token, base_url=settings.api_url, session=session, retry_handlers=[], logger=quiet
    )


Method = Callable[..., Awaitable[AsyncSlackResponse]]


class Calls:
    """Makes calls; one `Pace` a channel and method for those that post there.

    All raise `Refused`, `Unclear` and `NotReached`. All but `sign` wait when Slack says so.
    """

    def __init__(self) -> None:
        self._paces: dict[tuple[str, str], Pace] = {}

    async def read(self, method: Method, **arguments: Any) -> AsyncSlackResponse:
        """A call that may be made twice: it is, when it is unclear what became of it."""
        try:
            return await self._patient(method, arguments, None)
        except (Unclear, NotReached):
            return await self._patient(method, arguments, None)

    async def post(self, method: Method, channel: str, **arguments: Any) -> AsyncSlackResponse:
        """A call that posts to a channel, in its turn."""
        return await self._patient(method, {"channel": channel, **arguments}, self._pace(method, channel))

    async def share(self, method: Method, channel: str, **arguments: Any) -> AsyncSlackResponse:
        """As `post`, for the methods that call the channel `channel_id`."""
        return await self._patient(method, {"channel_id": channel, **arguments}, self._pace(method, channel))

    async def do(self, method: Method, **arguments: Any) -> AsyncSlackResponse:
        """Any other call, once."""
        return await self._patient(method, arguments, None)

    async def sign(self, method: Method, turn_in: str = "", /, **arguments: Any) -> AsyncSlackResponse:
        """A call that nothing depends on: `Refused("ratelimited")` rather than a wait, so that no answer waits for it.

        One that posts to a channel, `turn_in`, needs a turn there.
        """
        pace = self._pace(method, turn_in) if turn_in else None
        if pace is not None and not pace.taken():
            raise Refused("ratelimited")
        try:
            return await _made(method, arguments, SECONDS_A_SIGN)
        except _ToldToWait as told:
            if pace is not None:
                pace.hold(told.seconds)
            raise Refused("ratelimited") from None

    async def _patient(self, method: Method, arguments: dict[str, Any], pace: Pace | None) -> AsyncSlackResponse:
        for _ in range(_MOST_WAITS):
            if pace is not None:
                await pace.turn()
            try:
                return await _made(method, arguments, SECONDS_A_CALL)
            except _ToldToWait as told:
                if told.seconds > _LONGEST_WAIT:
                    break
                log.info("Slack asks to wait %.0f s", told.seconds)
                if pace is not None:
                    pace.hold(told.seconds)
                else:
                    await asyncio.sleep(told.seconds)
        raise Refused("ratelimited")

    def _pace(self, method: Method, channel: str) -> Pace:
        if len(self._paces) > _MOST_PACES:
            self._paces = {name: pace for name, pace in self._paces.items() if not pace.is_idle}
        # Slack counts by method: to be told to wait with one says nothing of another.
        return self._paces.setdefault((getattr(method, "__name__", ""), channel), Pace())


class _ToldToWait(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def _made(method: Method, arguments: dict[str, Any], seconds: float) -> AsyncSlackResponse:
    """One call, and what became of it in our words. Slack's client keeps no time of its own over a given session."""
    try:
        async with asyncio.timeout(seconds):
            return await method(**arguments)
    except SlackApiError as error:
        raise _classified(error) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotReached(type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError, ConnectionError, SlackRequestError) as error:
        raise Unclear(type(error).__name__) from None
    except (AttributeError, UnicodeDecodeError):
        # Slack's client stumbles over an answer that is no JSON object: something between us and Slack gave it.
        raise Unclear("no answer of Slack's", answered=True) from None


def _classified(error: SlackApiError) -> Exception:
    answer = error.response
    # For a body that is no JSON, Slack's client hands over the answer of aiohttp, which has no such attribute.
    status = answer.status_code if isinstance(answer, AsyncSlackResponse) else answer.status
    data = answer.data if isinstance(answer, AsyncSlackResponse) and isinstance(answer.data, dict) else {}
    code = str(data.get("error") or f"HTTP {status}")
    if status == _TOO_MANY or code in ("ratelimited", "rate_limited"):
        return _ToldToWait(_retry_after(answer.headers))
    if status >= _SERVER_ERROR or code in _FAILED or not data:
        return Unclear(code, answered=True)
    return Refused(code)


def _retry_after(headers: Any) -> float:
    """Seconds to wait, by the answer's headers."""
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.1, float(told))
    except ValueError:
        return _UNTOLD_WAIT
