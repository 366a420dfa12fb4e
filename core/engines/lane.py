"""One connection's threads and idle sessions, so that a slow database cannot starve another."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from core.engines.base import Session, Target
from core.engines.failures import SessionLost
from core.errors import QueryFailed

T = TypeVar("T")


class Lane:
    """The sessions of one target. `take` and `give` are called from its threads."""

    def __init__(self, target: Target, connect: Callable[[], Session], threads: int, idle_seconds: float) -> None:
        self.target = target
        self.connect = connect
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="colloquery-database")
        self.places = asyncio.Semaphore(threads)
        self.at_work = 0
        self.expiry: asyncio.TimerHandle | None = None
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._idle: list[tuple[Session, float]] = []
        self._shut = False

    def take(self) -> Session | None:
        """The idle session that was used last, if there is one; those that waited too long are closed."""
        self.close_expired()
        with self._lock:
            return self._idle.pop()[0] if self._idle else None

    def give(self, session: Session) -> None:
        """Put a session back, or close it when it is spoiled or the lane is shut."""
        if session.usable():
            with self._lock:
                if not self._shut:
                    self._idle.append((session, time.monotonic()))
                    return
        session.close()

    def close_expired(self) -> int:
        """Close the sessions that have been idle too long. How many are left."""
        oldest = time.monotonic() - self._idle_seconds
        with self._lock:
            expired = [session for session, since in self._idle if since <= oldest]
            self._idle = [(session, since) for session, since in self._idle if since > oldest]
            left = len(self._idle)
        for session in expired:
            session.close()
        return left

    def shut(self) -> None:
        """Close all idle sessions; those at work are closed when they come back."""
        with self._lock:
            self._shut = True
            idle, self._idle = self._idle, []
        for session, _ in idle:
            session.close()
        self.pool.shutdown(wait=False)


class Job(Generic[T]):
    """One piece of work with a session, done in a thread of its lane and stoppable from outside."""

    def __init__(self, lane: Lane, work: Callable[[Session], T]) -> None:
        self._lane = lane
        self._work = work
        self._session: Session | None = None
        self._stopped = False
        self.began: float | None = None
        """When the work itself began, on the monotonic clock: a session was there."""

    def do(self) -> T:
        """Find or make a session and work with it; a dead idle one is replaced, once."""
        session = self._lane.take()
        if session is not None:
            try:
                return self._use(session)
            except SessionLost:
                self.began = None
        return self._use(self._lane.connect())

    def stop(self) -> None:
        """Stop the work at the server. May be called again until the work has ended. Blocks."""
        self._stopped = True
        if self._session is not None:
            self._session.cancel()

    def abandon(self) -> None:
        """Cut the line, for a server that does not answer a stop. Blocks shortly."""
        self._stopped = True
        if self._session is not None:
            self._session.close()

    def _use(self, session: Session) -> T:
        self._session = session
        self.began = time.monotonic()
        try:
            if self._stopped:
                raise QueryFailed("query.cancelled")
            return self._work(session)
        finally:
            self._session = None
            self._lane.give(session)
