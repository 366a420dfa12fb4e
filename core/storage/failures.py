"""What the store's drivers say when something is wrong, as `StoreFailed` with a code and nothing else of theirs."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import StoreFailed

# https://sqlite.org/rescode.html: the extended codes begin with the name of their primary code.
_SQLITE = {
    "SQLITE_BUSY": "store.busy",
    "SQLITE_LOCKED": "store.busy",
    "SQLITE_FULL": "store.full",
    "SQLITE_READONLY": "store.read_only",
    "SQLITE_CANTOPEN": "store.unreachable",
    # What the system refuses to write for another reason than a full disk: a quota, a file that may not be changed.
    "SQLITE_IOERR_WRITE": "store.read_only",
    "SQLITE_IOERR_FSYNC": "store.read_only",
    "SQLITE_IOERR_TRUNCATE": "store.read_only",
    "SQLITE_IOERR": "store.unreachable",
    "SQLITE_PERM": "store.sign_in",
    "SQLITE_AUTH": "store.sign_in",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html: whole codes, or classes of two characters.
_POSTGRESQL = {
    "53100": "store.full",
    "53200": "store.busy",
    "53300": "store.busy",
    "55P03": "store.busy",
    "40": "store.busy",
    "25006": "store.read_only",
    "08": "store.unreachable",
    "57P": "store.unreachable",
    "3D": "store.unreachable",
    "28": "store.sign_in",
    "42501": "store.sign_in",
}

# libpq gives no code when a connection is refused, only these texts.
_POSTGRESQL_TEXTS = {
    "too many clients": "store.busy",
    "too many connections": "store.busy",
    "remaining connection slots": "store.busy",
    "authentication failed": "store.sign_in",
    "no password supplied": "store.sign_in",
    "no pg_hba.conf entry": "store.sign_in",
    'role "': "store.sign_in",
}

# https://mariadb.com/kb/en/mariadb-error-code-reference/
_MYSQL = {
    1021: "store.full",
    1114: "store.full",
    1040: "store.busy",
    1203: "store.busy",
    1205: "store.busy",
    1213: "store.busy",
    1226: "store.busy",
    1290: "store.read_only",
    1792: "store.read_only",
    1836: "store.read_only",
    1044: "store.sign_in",
    1045: "store.sign_in",
    1142: "store.sign_in",
    1698: "store.sign_in",
    1049: "store.unreachable",
    1053: "store.unreachable",
    1927: "store.unreachable",
    2002: "store.unreachable",
    2003: "store.unreachable",
    2006: "store.unreachable",
    2013: "store.unreachable",
}

_FILES = {
    "ENOSPC": "store.full",
    "EDQUOT": "store.full",
    "EROFS": "store.read_only",
    "EACCES": "store.read_only",
    "EPERM": "store.read_only",
}

MYSQL_DUPLICATE = 1062
"""MariaDB's number for a row whose key is there already."""


@contextmanager
def plain_failures() -> Iterator[None]:
    """Whatever a driver raises inside leaves as `StoreFailed`; the driver's own text is dropped with its cause."""
    try:
        yield
    except PoolTimeout:
        raise StoreFailed("store.busy") from None
    except DBAPIError as failure:
        raise store_failure(failure) from None


def store_failure(failure: DBAPIError) -> StoreFailed:
    """The failure in our words. `reason` is the driver's number or name for it, for the log: never its text."""
    code, reason = _classified(failure.orig)
    if failure.connection_invalidated and code == "store.broken":
        code = "store.unreachable"
    return StoreFailed(code, reason=reason)


def file_failure(failure: OSError) -> StoreFailed:
    """What the system said of a file beside a SQLite store, in our words."""
    name = errno.errorcode.get(failure.errno or 0, type(failure).__name__)
    return StoreFailed(_FILES.get(name, "store.unreachable"), reason=name)


def mysql_number(error: BaseException | None) -> int | None:
    """The number of a MariaDB error, if it is one."""
    first = error.args[0] if error is not None and error.args else None
    return first if isinstance(first, int) else None


def _classified(error: BaseException | None) -> tuple[str, str]:
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return _by_prefix(_SQLITE, name), name
    number = mysql_number(error)
    if number is not None:
        return _MYSQL.get(number, "store.broken"), str(number)
    state = getattr(error, "sqlstate", "")
    if state != "":
        return (_by_prefix(_POSTGRESQL, state), state) if state else (_refused_by_postgresql(str(error)), "connect")
    return "store.broken", type(error).__name__


def _by_prefix(codes: dict[str, str], name: str) -> str:
    return next((code for prefix, code in codes.items() if name.startswith(prefix)), "store.broken")


def _refused_by_postgresql(text: str) -> str:
    return next((code for words, code in _POSTGRESQL_TEXTS.items() if words in text), "store.unreachable")
