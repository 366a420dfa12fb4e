"""BigQuery, through its SQLAlchemy dialect.

The database field is `project/dataset?location=…&maximum_bytes_billed=…`. Who signs in is the machine: a service
account's key is longer than a password may be, so `user` names its file, or nothing for the machine's own
(application default) credentials. Both are this machine's to give, so such a connection is added at the machine alone.

Every statement is first sent as a dry run, which costs nothing: it tells whether it is a SELECT and how much it would
read. What people pay for is limited a second time by `maximum_bytes_billed`. No values are read into the value index:
a look at a column is billed as the whole column.
"""

from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import URL

from core.engines.base import Limits, ServerKind, Target
from core.engines.dialects import DialectSession, Opened, Questions, opened, refused, tail
from core.engines.extras import driver
from core.engines.failures import failed, first_match, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses, checked_file
from core.errors import BadConnection

HOST = "bigquery.googleapis.com"
_DOMAIN = ".googleapis.com"
MAXIMUM_BYTES = 10 * 1024**3
"""Bytes that one statement may be billed for unless the connection says otherwise."""
_OPTIONS = frozenset({"location", "maximum_bytes_billed"})

_PATTERNS = {
    "query.too_big": r"bytes ?billed|Resources exceeded|too complex|quota exceeded|rateLimitExceeded",
    "query.too_slow": r"[Jj]ob timed out|timed out|deadline",
    "query.cancelled": r"[Jj]ob (?:execution )?was cancel",
    "query.no_such_table": r"Not found: (?:Table|View) [\w:-]*?\.?([\w$-]+) was not found"
    r"|Table \"?([\w.$-]+)\"? must be qualified",
    "database.unknown_database": r"Not found: (?:Dataset|Project)",
    "query.no_such_column": r"Unrecognized name: ([`\w.]+)|Name (\S+) not found inside",
    "query.no_such_function": r"Function not found: (\S+?)(?:[;\s]|$)|No matching signature for \w+ function (\w+)",
    "query.ambiguous_column": r"Column name ([`\w.]+) is ambiguous",
    "query.not_grouped": r"references column ([`\w.]+) which is neither grouped",
    "query.syntax": r"Syntax error:.*?(?:\"([^\"]+)\"|keyword (\w+)|identifier `?(\w+))|Syntax error",
    "query.division_by_zero": r"division by zero",
    "query.out_of_range": r"overflow|out of range",
    "query.type_mismatch": r"Bad \w+ value|Invalid (?:date|timestamp|value)|Could not (?:cast|parse)",
    "query.no_permission": r"Access Denied: (?:Table|View) [^\s.]+\.([\w$-]+)",
    "database.sign_in": r"Access Denied|invalid_grant|[Cc]redentials|401|Permission .* denied",
}
"""First fit first."""


_QUESTIONS = Questions(
    version="SELECT 'Standard SQL'",
    tables="""
SELECT t.table_schema, t.table_name, IF(t.table_type LIKE '%VIEW', 'view', 'table'),
       (SELECT ANY_VALUE(TRIM(o.option_value, '"')) FROM $inside.TABLE_OPTIONS AS o
        WHERE o.table_name = t.table_name AND o.option_name = 'description'),
       CAST(NULL AS INT64), 0
FROM $inside.TABLES AS t
""",
    columns="""
SELECT c.table_schema, c.table_name, c.column_name, c.data_type, IF(c.is_nullable = 'NO', 0, 1), p.description
FROM $inside.COLUMNS AS c
LEFT JOIN $inside.COLUMN_FIELD_PATHS AS p
  ON p.table_name = c.table_name AND p.column_name = c.column_name AND p.field_path = c.column_name
ORDER BY c.table_name, c.ordinal_position
""",
    keys="""
SELECT k.table_schema, k.table_name, k.column_name
FROM $inside.KEY_COLUMN_USAGE AS k
JOIN $inside.TABLE_CONSTRAINTS AS c
  ON c.constraint_name = k.constraint_name AND c.constraint_type = 'PRIMARY KEY'
ORDER BY k.table_name, k.ordinal_position
""",
    references="""
SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name, u.table_schema, u.table_name, u.column_name
FROM $inside.KEY_COLUMN_USAGE AS k
JOIN $inside.TABLE_CONSTRAINTS AS c
  ON c.constraint_name = k.constraint_name AND c.constraint_type = 'FOREIGN KEY'
JOIN $inside.CONSTRAINT_COLUMN_USAGE AS u ON u.constraint_name = k.constraint_name
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
""",
)
"""A dataset's own views, which cost next to nothing."""


def questions(dataset: str) -> Questions:
    """What a dataset is asked."""
    return _QUESTIONS.about(inside=f"`{dataset}`.INFORMATION_SCHEMA")


class BigQuerySession(DialectSession):
    """A client of the API: each statement is a job."""

    dialect: ClassVar[str] = "bigquery"
    product: ClassVar[str] = "BigQuery"

    def __init__(self, opened: Opened, client: Any, module: Any, dataset: str, most_bytes: int) -> None:
        super().__init__(opened, dataset, True)
        self.questions = questions(dataset)
        self._client = client
        self._module = module
        self._most_bytes = most_bytes
        self._job_id = ""

    def _can_write(self) -> bool:
        return True  # its roles are granted elsewhere; a statement other than SELECT is refused before it runs

    def _execute(self, sql: str, limits: Limits) -> Any:
        self._look_ahead(sql)
        self._job_id = f"colloquery-{uuid4()}"
        cursor = self._connection.cursor()
        cursor.execute(sql.replace("%", "%%"), job_id=self._job_id, job_config=self._config(limits.seconds))
        return cursor

    def _look_ahead(self, sql: str) -> None:
        job = self._client.query(sql, job_config=self._module.QueryJobConfig(dry_run=True), retry=None, job_retry=None)
        if job.statement_type != "SELECT":
            raise failed("query.read_only")
        if (job.total_bytes_processed or 0) > self._most_bytes:
            raise failed("query.too_big")

    def _config(self, seconds: float) -> Any:
        return self._module.QueryJobConfig(
            maximum_bytes_billed=self._most_bytes,
            job_timeout_ms=int(seconds * 1000),
            labels={"client": "colloquery"},
            use_legacy_sql=False,
        )

    def _interrupt(self) -> None:
        if self._job_id:
            self._client.cancel_job(self._job_id, retry=None, timeout=5)

    def _sever(self) -> None:
        self._client.close()

    def _shut(self) -> None:
        self._connection.close()
        self._client.close()

    def _clean(self) -> None:
        self._job_id = ""
        super()._clean()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class BigQuery:
    """Datasets of BigQuery."""

    kind: ClassVar[ServerKind] = "bigquery"
    dialect: ClassVar[str] = "bigquery"
    default_port: ClassVar[int] = 443

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> BigQuerySession:
        """Sign in with what the machine has. See `core.engines.base.Engine`.

        Raises `BadConnection`: connection.machine_credentials for one that was not added at the machine,
        connection.no_password_taken for one that has a password.
        """
        names, asked = fields(target)
        module = driver("google.cloud.bigquery", "bigquery")
        auth = driver("google.auth.exceptions", "bigquery")
        api = driver("google.api_core.exceptions", "bigquery")
        key = checked_file(target.user, hosts) if target.user else None
        checked_addresses(target.host, target.port, hosts)
        errors = (auth.GoogleAuthError, api.GoogleAPIError, ValueError)
        try:
            client = _client(module, target, names, asked, key)
            found = opened("bigquery", url(target), {"client": client, "prefer_bqstorage_client": False}, errors)
        except errors as error:
            raise refused(meaning(error, "")[0]) from None
        return BigQuerySession(found, client, module, names[1], most_bytes(asked))


ENGINE = BigQuery()


def fields(target: Target) -> tuple[list[str], dict[str, str]]:
    """Project, dataset and options. Raises `BadConnection`."""
    if not target.local:
        raise BadConnection("connection.machine_credentials")
    if target.password:
        raise BadConnection("connection.no_password_taken")
    if target.port != 443 or not target.host.lower().endswith(_DOMAIN):
        raise BadConnection("connection.bad_host")
    names, asked = tail(target.database, 2, _OPTIONS)
    if len(names) != 2 or not asked.get("maximum_bytes_billed", "1").isdecimal():
        raise BadConnection("connection.bad_database")
    return names, asked


def most_bytes(asked: dict[str, str]) -> int:
    """What one statement may be billed for, in bytes."""
    return int(asked.get("maximum_bytes_billed", MAXIMUM_BYTES))


def url(target: Target) -> URL:
    """Where it is, for the dialect; the client that goes with it is made here."""
    names, _ = fields(target)
    return URL.create("bigquery", host=names[0], database=names[1], query={"user_supplied_client": "true"})


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of an exception of Google's packages, and the name that its text is about."""
    name = type(error).__name__
    if name in ("DefaultCredentialsError", "RefreshError", "MalformedError", "ValueError"):
        return "database.sign_in", ""
    if name in ("TransportError", "RetryError", "ConnectionError", "ServiceUnavailable"):
        return "database.unreachable", ""
    code, about = first_match(_PATTERNS, str(error)) or ("query.failed", "")
    return code, told(sql, about)


def _client(module: Any, target: Target, names: list[str], asked: dict[str, str], key: Path | None) -> Any:
    """A client that asks this dataset, signed in by a service account's key or by what the machine has."""
    config = module.QueryJobConfig(default_dataset=f"{names[0]}.{names[1]}", use_legacy_sql=False)
    settings = {
        "project": names[0],
        "location": asked.get("location"),
        "default_query_job_config": config,
        "client_options": {"api_endpoint": f"https://{target.host.lower()}"},
    }
    if key is None:
        return module.Client(**settings)
    return module.Client.from_service_account_json(str(key), **settings)
