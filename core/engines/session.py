"""What every session shares: one statement at a time, stopped by its asker or by the clock, its failures translated.

A server stops a statement by its own limit where it has one. A timer on our side stops it a moment later wherever the
server did not. Whatever was stopped from outside is spoiled: a late cancel could hit the next statement.
"""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Timer

from core.engines.base import Health, Limits, Rows
from core.engines.cells import Answer, read
from core.engines.failures import SessionLost, failed
from core.errors import ColloqueryError, DatabaseUnavailable
from core.schema import Schema

CATALOG_SECONDS = 120.0
"""How long one look at a server's catalogue may take."""

_SERVER_FIRST = 0.25
"""Seconds that a server's own limit has before the timer here steps in."""

_STOP_AGAIN = 0.25
_STOP_SECONDS = 10.0
"""A stop is tried again every so often, and given up after so long: one that comes between two steps of a statement
finds nothing to stop at the server."""

_log = logging.getLogger(__name__)


class SqlSession(ABC):
    """A session by its driver. The subclasses say how their server selects, stops and fails."""

    driver_errors: tuple[type[Exception], ...]

    def __init__(self) -> None:
        self._trouble: tuple[type[Exception], ...] = (*self.driver_errors, OSError)
        self._lock = Lock()
        self._running = False
        self._ended = Event()
        self._stopped = ""
        self._spoiled = False
        self._closed = False
        self._begun = False
        """The server has answered something of the present statement."""

    @abstractmethod
    def health(self) -> Health:
        """See `core.engines.base.Session`."""

    @abstractmethod
    def read_schema(self) -> Schema:
        """See `core.engines.base.Session`."""

    @abstractmethod
    def _select(self, sql: str, limits: Limits) -> Answer:
        """Send a statement, read-only and under the server's own limits. Sets `_begun` once the server answers."""

    @abstractmethod
    def _clean(self) -> None:
        """Leave nothing of the last statement behind, or mark the session spoiled."""

    @abstractmethod
    def _interrupt(self) -> None:
        """Stop the running statement at the server. Called from another thread."""

    @abstractmethod
    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        """The code of what a driver's exception means, and the name it is about, if any.

        A server that does not tell its time limit from a cancel says query.cancelled for both.
        """

    @abstractmethod
    def _shut(self) -> None:
        """Close the driver's connection."""

    @abstractmethod
    def _sever(self) -> None:
        """Cut the line under a running statement, so that its thread wakes. Called from another thread."""

    def run(self, sql: str, limits: Limits) -> Rows:
        """Run one read-only statement within limits. See `core.engines.base.Session`."""
        if "\0" in sql or not _encodable(sql):
            raise failed("query.bad_characters")
        began = time.monotonic()
        with self._statement(sql, limits.seconds):
            columns, rows, truncated = read(self._select(sql, limits), limits)
            seconds = time.monotonic() - began
        return Rows(columns, rows, truncated, seconds)

    def cancel(self) -> None:
        """Stop what runs, at the server."""
        self._stop("query.cancelled")

    def usable(self) -> bool:
        """Whether it may serve another statement."""
        return not (self._spoiled or self._closed)

    def close(self) -> None:
        """Close it; under a running statement, cut its line. Never raises."""
        with self._lock:
            if self._closed:
                return
            self._closed = self._spoiled = True
            running = self._running
        self._part(self._sever if running else self._shut)

    def _part(self, how: Callable[[], None]) -> None:
        try:
            how()
        except self._trouble:
            _log.info("a session could not be closed in good order")

    @contextmanager
    def _statement(self, sql: str = "", seconds: float = CATALOG_SECONDS) -> Iterator[None]:
        """The time of one statement, or of one look at the catalogue: stoppable, limited, its failures translated."""
        with self._lock:
            if self._closed or self._running:
                raise DatabaseUnavailable("database.unreachable")
            self._running, self._stopped, self._begun = True, "", False
            self._ended = Event()
        began = time.monotonic()
        timer = Timer(seconds + _SERVER_FIRST, self._stop, ("query.too_slow",))
        timer.daemon = True
        timer.start()
        try:
            yield
            # Some statements end as if they had finished when a server's limit stops them: BENCHMARK on MariaDB.
            if self._stopped or time.monotonic() - began >= seconds:
                raise failed(self._stopped or "query.too_slow", seconds=seconds)
        except self.driver_errors as error:
            raise self._explain(error, sql, seconds, time.monotonic() - began) from None
        finally:
            timer.cancel()
            self._settle()

    def _explain(self, error: Exception, sql: str, limit: float, passed: float) -> ColloqueryError:
        if self._stopped:
            return failed(self._stopped, seconds=limit)
        code, name = self._translate(error, sql)
        if code.startswith("database."):
            self._spoiled = True
            if not self._begun:
                return SessionLost(code)
        if code == "query.cancelled" and passed >= limit:
            code = "query.too_slow"
        return failed(code, name, limit)

    def _settle(self) -> None:
        """After a statement, however it ended."""
        try:
            if self.usable():
                self._clean()
        except self.driver_errors:
            self._spoiled = True
        with self._lock:
            self._running = False
            self._ended.set()
            closed = self._closed
        if closed:
            self._part(self._shut)

    def _stop(self, why: str) -> None:
        """Stop the running statement, and wait until it has ended or the tries are over."""
        with self._lock:
            if not self._running or self._stopped:
                return
            self._stopped = why
            self._spoiled = True
            ended = self._ended
        gives_up = time.monotonic() + _STOP_SECONDS
        while not ended.is_set() and time.monotonic() < gives_up:
            try:
                self._interrupt()
            except self._trouble:
                _log.info("a statement could not be stopped at the server")
            ended.wait(_STOP_AGAIN)


def _encodable(sql: str) -> bool:
    try:
        sql.encode()
    except UnicodeEncodeError:
        return False
    return True
