"""Logs: one line an event, as text (`time level logger message key=value …`) or as JSON, on standard error.

Every step of a question is a line with the question's id (`core.ask.journal`). No secret, no row and no text of a
question is passed to a logger; a question's words go as `Words`, which show themselves only when they are asked for.
And whatever a library writes, exceptions and tracebacks too, leaves here without secrets and as one line.
"""

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from bot.redaction import Redactor, one_line, secrets_of
from bot.settings import Settings
from core.ask.journal import Words

Form = Literal["text", "json"]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
_QUIET = (
    "httpx2", "httpcore2", "openai", "sqlalchemy", "aiosqlite", "asyncio", "apscheduler", "alembic", "uvicorn",
    "slack_bolt", "slack_sdk", "aiohttp", "msal", "urllib3", "mcp", "httpx", "httpcore",
)  # fmt: skip
"""Drivers' and clients' own loggers, which print rows and tokens when they are told to be verbose."""

_redactor = Redactor()


def set_up(level: str, settings: Settings | None = None) -> None:
    """Send every log to standard error, from `level` on, in the form that the settings want and without its secrets."""
    form: Form = settings.log_format if settings else "text"
    with_words = settings.log_questions if settings else False
    if settings is not None:
        _redactor.learn(secrets_of(settings))
    handler = _Handler()
    handler.setFormatter(formatter(form, with_words=with_words))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def take_over() -> None:
    """Of a process of our own: what Python itself would print, warnings and errors of threads, becomes log lines."""
    set_up("WARNING")
    logging.captureWarnings(True)
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def unexpected(bug: BaseException) -> None:
    """The trace of a bug that ended the process, for whoever wants to see it."""
    _last_words.critical("ended unexpectedly", exc_info=bug)


def hide(secret: str) -> None:
    """Take a secret that was made while running out of every line from now on."""
    _redactor.learn([secret])


def formatter(form: Form, *, with_words: bool = False, redactor: Redactor = _redactor) -> logging.Formatter:
    """What makes a line of a record: `form` is how; `with_words` shows the words of questions and their SQL."""
    kinds: dict[Form, type[_Line]] = {"text": _TextLine, "json": _JsonLine}
    return kinds[form](redactor, with_words)


class _Line(logging.Formatter):
    """What both forms share: the parts of a record, each without secrets."""

    def __init__(self, redactor: Redactor, with_words: bool) -> None:
        super().__init__()
        self._redactor, self._with_words = redactor, with_words

    def _message(self, record: logging.LogRecord) -> str:
        try:
            return record.getMessage()
        except Exception:  # noqa: BLE001 (a logger that was called wrongly must not end what it reports on)
            return str(record.msg)

    def _extras(self, record: logging.LogRecord) -> dict[str, Any]:
        return {
            key: self._told(value)
            for key, value in sorted(vars(record).items())
            if key not in _STANDARD and (self._with_words or not isinstance(value, Words))
        }

    def _told(self, value: object) -> Any:
        if isinstance(value, Words):
            return value.text
        return value if isinstance(value, int | float | bool | None) else str(value)

    def _trace(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
        return "\n".join(filter(None, (trace, record.stack_info)))


class _TextLine(_Line):
    """A line for people; a traceback follows it, each of its lines behind a bar, so that none looks like a record."""

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record)
        extras = "".join(f" {key}={value!r}" for key, value in self._extras(record).items())
        line = f"{at} {record.levelname} {record.name} {self._message(record)}{extras}"
        trace = self._redactor.clean(self._trace(record)).splitlines()
        return "\n  | ".join((one_line(self._redactor.clean(line)), *map(one_line, trace)))


class _JsonLine(_Line):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            **self._extras(record),
            "at": at,
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
        }
        if trace := self._trace(record):
            line["trace"] = trace
        # ASCII: an escape is all that is left of what would end a line.
        return json.dumps(self._clean(line), separators=(",", ":"))

    def _clean(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            self._redactor.clean(key): self._clean_value(key, value) if isinstance(value, str) else value
            for key, value in line.items()
        }

    def _clean_value(self, key: str, value: str) -> str:
        """A value with its name, as a text has it: some secrets are known by the name before them."""
        return self._redactor.clean(f"{key}={value}").removeprefix(f"{key}=")


class _Handler(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:
        """The library's own would print the record's arguments as they are."""
        print(f"a line of the log could not be written: {record.name}", file=sys.stderr)  # noqa: T201


_last_words = logging.getLogger("colloquery")


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _last_words.critical(
            "a thread ended unexpectedly", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        _last_words.error("an error came too late", exc_info=args.exc_value)
