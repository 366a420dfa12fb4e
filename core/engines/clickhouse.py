"""ClickHouse, over HTTP, through clickhouse-connect's SQLAlchemy dialect.

Every request carries `readonly = 2`: reading alone, and the limits that are sent along. A user whose own profile has
`readonly = 1` takes no limits from us; they are left out then, and our own clock stands.
"""

from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import URL

from core.engines import web
from core.engines.base import Limits, ServerKind, Target
from core.engines.dialects import DialectSession, Opened, Questions, opened, refused, tail
from core.engines.extras import driver
from core.engines.failures import first_match, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS
from core.engines.tls import code_of as code_of_tls
from core.errors import ColloqueryError, DatabaseUnavailable

_CODES = {
    60: "query.no_such_table",
    81: "query.no_such_table",
    47: "query.no_such_column",
    16: "query.no_such_column",
    46: "query.no_such_function",
    42: "query.no_such_function",
    207: "query.ambiguous_column",
    352: "query.ambiguous_column",
    215: "query.not_grouped",
    62: "query.syntax",
    43: "query.type_mismatch",
    53: "query.type_mismatch",
    6: "query.type_mismatch",
    27: "query.type_mismatch",
    41: "query.type_mismatch",
    70: "query.type_mismatch",
    386: "query.type_mismatch",
    69: "query.out_of_range",
    407: "query.out_of_range",
    153: "query.division_by_zero",
    497: "query.no_permission",
    164: "query.read_only",
    392: "query.read_only",
    394: "query.cancelled",
    159: "query.too_slow",
    160: "query.too_slow",
    241: "query.too_big",
    158: "query.too_big",
    307: "query.too_big",
    396: "query.too_big",
    202: "database.too_many_connections",
    192: "database.sign_in",
    193: "database.sign_in",
    194: "database.sign_in",
    516: "database.sign_in",
    1001: "database.refused",
}
"""By the server's own error number."""

_PATTERNS = {
    "query.no_such_table": r"Unknown table expression identifier '([^']+)'|Table (\S+) does(?:n't| not) exist",
    "query.no_such_column": r"(?:Unknown|Missing).*?(?:identifier|columns?):? [`']([^`']+)[`']",
    "query.no_such_function": r"[Ff]unction (?:with name )?[`']?(\w+)[`']? (?:does not exist|is unknown)"
    r"|Unknown function (\w+)",
    "query.ambiguous_column": r"[Aa]mbiguous (?:identifier|column) [`']([^`']+)[`']",
    "query.not_grouped": r"[Cc]olumn [`']?(?:\w+\.)?(\w+)[`']? is not under aggregate",
    "query.syntax": r"failed at position \d+ \((.+?)\)",
}
"""Where the text of each names what it is about."""

_SETTINGS = {
    "readonly": 2,
    "allow_ddl": 0,
    "allow_introspection_functions": 0,
    "cancel_http_readonly_queries_on_client_close": 1,
    "log_comment": "colloquery",
}

QUESTIONS = Questions(
    version="SELECT version()",
    tables="""
SELECT database, name, if(engine LIKE '%View', 'view', 'table'), comment, total_rows,
       if(engine LIKE '%View', 0, 1)
FROM system.tables
WHERE NOT database IN ('system', 'information_schema', 'INFORMATION_SCHEMA') AND NOT is_temporary
  AND NOT startsWith(name, '.inner')
""",
    columns="""
SELECT database, table, name, type, startsWith(type, 'Nullable') OR startsWith(type, 'LowCardinality(Nullable'), comment
FROM system.columns
WHERE NOT database IN ('system', 'information_schema', 'INFORMATION_SCHEMA') AND NOT startsWith(table, '.inner')
ORDER BY database, table, position
""",
    keys="""
SELECT database, table, name FROM system.columns
WHERE is_in_primary_key AND NOT database IN ('system', 'information_schema', 'INFORMATION_SCHEMA')
ORDER BY database, table, position
""",
)


class ClickHouseSession(DialectSession):
    """A client: each statement is one request."""

    dialect: ClassVar[str] = "clickhouse"
    product: ClassVar[str] = "ClickHouse"
    questions = QUESTIONS

    def __init__(self, opened: Opened, default: str, is_encrypted: bool) -> None:
        super().__init__(opened, default, is_encrypted)
        self._query_id = ""

    def _can_write(self) -> bool:
        return True  # what its grants are is shown to few accounts

    def _execute(self, sql: str, limits: Limits) -> Any:
        self._query_id = str(uuid4())
        cursor = self._connection.cursor()
        # The driver's own parameters are by per cent signs: without any it halves doubled ones.
        cursor.execute(sql.replace("%", "%%"), settings={**statement_settings(limits), "query_id": self._query_id})
        return cursor

    def _interrupt(self) -> None:
        if self._query_id:
            self._connection.client.command(f"KILL QUERY WHERE query_id = '{self._query_id}' ASYNC")

    def _clean(self) -> None:
        self._query_id = ""
        super()._clean()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class ClickHouse:
    """Servers of ClickHouse 22 and later."""

    kind: ClassVar[ServerKind] = "clickhouse"
    dialect: ClassVar[str] = "clickhouse"
    default_port: ClassVar[int] = 8123

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> ClickHouseSession:
        """Sign in. See `core.engines.base.Engine`."""
        tail(target.database, 1)
        module = driver("clickhouse_connect", "clickhouse")
        # A setting that the account may not change is left out, rather than the statement refused.
        module.common.set_setting("invalid_setting_action", "drop")
        failure: ColloqueryError = DatabaseUnavailable("database.unreachable")
        for address in checked_addresses(target.host, target.port, hosts, local=target.local):
            try:
                found = opened("clickhouse", url(target, address), options(target, seconds))
            except module.driver.exceptions.Error as error:
                failure = refused(meaning(error, "")[0])
                if failure.code != "database.unreachable":
                    break
                continue
            # Until here a silent server was given `seconds`; a statement has its own limits.
            timeout = driver("urllib3", "clickhouse").Timeout(connect=seconds, read=CATALOG_SECONDS)
            found.connection.client.timeout = timeout
            return ClickHouseSession(found, target.database, web.is_encrypted(target))
        raise failure


ENGINE = ClickHouse()


def url(target: Target, address: str) -> URL:
    """Where it is, for the dialect: at the checked address."""
    return URL.create(
        "clickhousedb",
        username=target.user or "default",
        password=target.password,
        host=address,
        port=target.port,
        database=target.database,
    )


def options(target: Target, seconds: float) -> dict[str, object]:
    """What the driver is told beside the URL."""
    return {
        "interface": web.scheme(target),
        "pool_mgr": web.pinned_pool(target),
        "server_host_name": target.host,
        "connect_timeout": max(1, int(seconds)),
        "send_receive_timeout": max(1, int(seconds)),
        "query_retries": 0,
        "autogenerate_session_id": False,  # a session of the server's would take one statement at a time
        "client_name": "colloquery",
        **_SETTINGS,  # what is no argument of the driver is a setting of the server
    }


def statement_settings(limits: Limits) -> dict[str, object]:
    """The limits of one statement, as the server takes them: seconds, and rows of the result."""
    return {
        "max_execution_time": max(1, round(limits.seconds + 0.5)),
        "max_result_rows": limits.rows + 1,
        "result_overflow_mode": "break",
    }


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of a driver's exception, by the server's number, and the name that its text quotes."""
    text = str(error)
    number = getattr(error, "code", None)
    if number is None:
        if "SSL" in text or "certificate" in text:
            return code_of_tls(text), ""
        return "database.unreachable" if _is_of_the_line(error) else "query.failed", ""
    code = _CODES.get(int(number), "query.failed")
    found = first_match({code: _PATTERNS[code]}, text) if code in _PATTERNS else None
    return code, told(sql, found[1]) if found else ""


def _is_of_the_line(error: Exception) -> bool:
    return type(error).__name__ == "OperationalError" or isinstance(error, OSError)
