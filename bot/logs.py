"""Logs: one line an event as `time level logger message key=value …`, with the question's id where there is one.

No secret, no row and no text of a question is ever passed to a logger; the drivers' and clients' own loggers, which
print such things when they are told to be verbose, are kept at warnings.
"""

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_QUIET = (
    "httpx2",
    "httpcore2",
    "openai",
    "sqlalchemy",
    "aiosqlite",
    "asyncio",
    "apscheduler",
    "alembic",
    "uvicorn",
    "slack_bolt",
    "slack_sdk",
    "aiohttp",
)


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = super().format(record)
        return line + "".join(f" {key}={value!r}" for key, value in sorted(extra.items()))


def set_up(level: str) -> None:
    """Send every log to standard error, from `level` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
