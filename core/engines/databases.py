"""The asked databases, for the async road: `Databases` runs the blocking engines in bounded pools of threads."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from core.engines.base import Health, Limits, Rows, Session, Target
from core.engines.failures import failed
from core.engines.hosts import ANY_HOST, HostPolicy
from core.engines.lane import Job, Lane
from core.engines.registry import engine
from core.engines.session import CATALOG_SECONDS
from core.engines.values import SECONDS_A_SCHEMA, SECONDS_A_TABLE
from core.errors import DatabaseUnavailable
from core.schema import Schema

_STOP_AGAIN = 0.25
"""Seconds between two tries to stop a statement: the first may come before it has begun."""

_HEALTH_SECONDS = 10.0

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Databases:
    """Every database that can be asked, by the id of its connection. Belongs to one event loop.

    At most `threads` statements of one connection run at once; others wait for their turn. Sessions are kept for
    `idle_seconds`. A statement that outlives its limit by `grace_seconds` is abandoned: its line is cut.
    """

    def __init__(
        self,
        hosts: HostPolicy = ANY_HOST,
        threads: int = 4,
        idle_seconds: float = 300.0,
        connect_seconds: float = 10.0,
        grace_seconds: float = 2.0,
    ) -> None:
        self.connect_seconds = connect_seconds
        """How long making a connection may take."""
        self._hosts = hosts
        self._threads = threads
        self._idle_seconds = idle_seconds
        self._grace_seconds = grace_seconds
        self._lanes: dict[str, Lane] = {}
        self._at_work: dict[asyncio.Future[Any], Job[Any]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._aside = ThreadPoolExecutor(4, thread_name_prefix="colloquery-stop")
        """Stops and closes run here: they must not wait for the threads they are to free."""

    async def run(
        self,
        connection_id: str,
        target: Target,
        sql: str,
        limits: Limits,
        cancelled: asyncio.Event | None = None,
    ) -> Rows:
        """Run one read-only statement.

        Setting `cancelled`, or cancelling the task that waits here, stops it at the server. Raises
        `core.errors.QueryFailed` (query.cancelled and query.too_slow among others), `DatabaseUnavailable`
        (database.busy when no turn came within `limits.seconds`), `BadConnection`.
        """
        return await self._do(
            connection_id, target, lambda session: session.run(sql, limits), limits.seconds, cancelled
        )

    async def read_schema(self, connection_id: str, target: Target) -> Schema:
        """Read the schema and its value index. Raises as `run` does."""
        seconds = CATALOG_SECONDS + SECONDS_A_SCHEMA + SECONDS_A_TABLE
        return await self._do(connection_id, target, lambda session: session.read_schema(), seconds)

    async def health(self, connection_id: str, target: Target) -> Health:
        """Sign in and look. Raises as `run` does."""
        return await self._do(connection_id, target, lambda session: session.health(), _HEALTH_SECONDS)

    async def forget(self, connection_id: str) -> None:
        """Drop what is kept of a connection that was edited or deleted. What runs goes on to its end."""
        if lane := self._lanes.pop(connection_id, None):
            await self._shut(lane)

    async def close(self) -> None:
        """Stop what runs and close every session. Nothing can be asked afterwards."""
        lanes, self._lanes = list(self._lanes.values()), {}
        endings = [self._end(job, future) for future, job in list(self._at_work.items())]
        await asyncio.gather(*endings, *self._background, *(self._shut(lane) for lane in lanes))
        self._aside.shutdown(wait=False)

    async def _do(
        self,
        connection_id: str,
        target: Target,
        work: Callable[[Session], T],
        seconds: float,
        cancelled: asyncio.Event | None = None,
    ) -> T:
        lane = self._lane(connection_id, target)
        stop = asyncio.ensure_future(cancelled.wait()) if cancelled else None
        try:
            await _turn(lane, seconds, stop)
            job = Job(lane, work)
            future = self._start(lane, job)
            try:
                return await self._follow(job, future, seconds, stop)
            except asyncio.CancelledError:
                self._in_background(self._end(job, future))
                raise
        finally:
            if stop:
                stop.cancel()
            self._expire_later(connection_id, lane)

    def _start(self, lane: Lane, job: Job[T]) -> "asyncio.Future[T]":
        """Send a job to its lane's threads. Its place is free again when the thread is, however long that takes."""
        future = asyncio.get_running_loop().run_in_executor(lane.pool, job.do)
        self._at_work[future] = job
        lane.at_work += 1

        def ended(done: asyncio.Future[T]) -> None:
            del self._at_work[done]
            lane.at_work -= 1
            lane.places.release()
            if not done.cancelled():
                done.exception()  # read, so that an abandoned one is not reported as forgotten

        future.add_done_callback(ended)
        return future

    async def _follow(
        self, job: Job[T], future: "asyncio.Future[T]", seconds: float, stop: "asyncio.Future[Any] | None"
    ) -> T:
        """Wait for a job within its time, or until it is to stop."""
        asked = time.monotonic()
        waits: set[asyncio.Future[Any]] = {future, stop} if stop else {future}
        while not future.done():
            ends = asked + self.connect_seconds if job.began is None else job.began + seconds
            left = ends + self._grace_seconds - time.monotonic()
            if left <= 0 or (stop and stop.done()):
                break
            await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if future.done():
            return future.result()
        if not (stop and stop.done()):
            connecting = job.began is None
            self._set_aside(job.abandon)
            raise failed("database.unreachable") if connecting else failed("query.too_slow", seconds=seconds)
        await self._end(job, future)
        raise failed("query.cancelled")

    async def _end(self, job: Job[Any], future: "asyncio.Future[Any]") -> None:
        """Stop a job at the server; when that is of no avail within the grace, cut its line."""
        ends = time.monotonic() + self._grace_seconds
        while not future.done() and time.monotonic() < ends:
            self._set_aside(job.stop)
            await asyncio.wait({future}, timeout=_STOP_AGAIN)
        if not future.done():
            self._set_aside(job.abandon)
            await asyncio.wait({future}, timeout=self._grace_seconds)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _set_aside(self, call: Callable[[], object]) -> None:
        def logged() -> None:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - nobody waits for this thread to hear of it
                _log.warning("a session could not be stopped: %s", type(error).__name__)

        self._aside.submit(logged)

    def _lane(self, connection_id: str, target: Target) -> Lane:
        lane = self._lanes.get(connection_id)
        if lane and lane.target != target:
            self._aside.submit(lane.shut)
            lane = None
        if lane is None:
            lane = Lane(target, lambda: self._connect(target), self._threads, self._idle_seconds)
            self._lanes[connection_id] = lane
        return lane

    def _connect(self, target: Target) -> Session:
        return engine(target.kind).connect(target, self.connect_seconds, self._hosts)

    def _expire_later(self, connection_id: str, lane: Lane) -> None:
        if lane.expiry is None and self._lanes.get(connection_id) is lane:
            loop = asyncio.get_running_loop()
            lane.expiry = loop.call_later(self._idle_seconds, self._expire_now, connection_id, lane)

    def _expire_now(self, connection_id: str, lane: Lane) -> None:
        self._in_background(self._expire(connection_id, lane))

    async def _expire(self, connection_id: str, lane: Lane) -> None:
        """Close what has been idle too long; an empty lane is dropped with its threads."""
        left = await asyncio.get_running_loop().run_in_executor(self._aside, lane.close_expired)
        lane.expiry = None
        if left or lane.at_work:
            self._expire_later(connection_id, lane)
        elif self._lanes.get(connection_id) is lane:
            await self.forget(connection_id)

    async def _shut(self, lane: Lane) -> None:
        if lane.expiry is not None:
            lane.expiry.cancel()
        await asyncio.get_running_loop().run_in_executor(self._aside, lane.shut)


async def _turn(lane: Lane, seconds: float, stop: "asyncio.Future[Any] | None") -> None:
    """Wait for one of the lane's places, no longer than the work itself may take."""
    if not lane.places.locked():
        await lane.places.acquire()
        return
    turn = asyncio.ensure_future(lane.places.acquire())
    try:
        await asyncio.wait({turn, stop} if stop else {turn}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        if not turn.cancel():
            lane.places.release()
        raise
    if not turn.cancel():
        return
    raise failed("query.cancelled") if stop and stop.done() else DatabaseUnavailable("database.busy")
