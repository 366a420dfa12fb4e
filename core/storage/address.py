"""Where the store is: the URL people write, as the URL that the async drivers take."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import BadSetting

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+aiomysql",
    "mariadb": "mysql+aiomysql",
}

_MYSQL_OPTIONS = frozenset({"charset", "connect_timeout", "ssl_ca", "ssl_cert", "ssl_key", "ssl_check_hostname"})
"""What may follow the `?` of a MariaDB URL. libpq checks its own options; SQLite takes none here."""


def store_url(written: str, directory: Path | None = None) -> URL:
    """The URL for the driver. A relative SQLite path is taken from `directory` (default: the working directory).

    Raises `BadSetting("setting.database_url")` for anything that is not SQLite in a file, PostgreSQL or MariaDB.
    """
    try:
        url = make_url(written.strip())
        driver = _DRIVERS[url.drivername.split("+")[0].lower()]
    except (ArgumentError, KeyError, ValueError):
        raise BadSetting("setting.database_url", name="DATABASE_URL") from None
    url = url.set(drivername=driver)
    return _of_file(url, directory or Path.cwd()) if url.get_backend_name() == "sqlite" else _of_server(url)


def _of_file(url: URL, directory: Path) -> URL:
    # A store in memory would forget accepted questions, and each connection would see a different one.
    if not url.database or ":memory:" in url.database or url.host or url.query:
        raise BadSetting("setting.database_url", name="DATABASE_URL")
    return url.set(database=str(directory.absolute() / Path(url.database).expanduser()))


def _of_server(url: URL) -> URL:
    unknown = url.get_backend_name() == "mysql" and not _MYSQL_OPTIONS.issuperset(url.query)
    if not url.database or unknown:
        raise BadSetting("setting.database_url", name="DATABASE_URL")
    return url
