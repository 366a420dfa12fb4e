"""What may be asked of each kind of server: one file each, beside what they share."""

from core.sql.policies.bigquery import BIGQUERY
from core.sql.policies.clickhouse import CLICKHOUSE
from core.sql.policies.common import Policy
from core.sql.policies.duckdb import DUCKDB
from core.sql.policies.mysql import MARIADB, MYSQL
from core.sql.policies.oracle import ORACLE
from core.sql.policies.postgres import POSTGRES
from core.sql.policies.snowflake import SNOWFLAKE
from core.sql.policies.sqlite import SQLITE
from core.sql.policies.trino import TRINO
from core.sql.policies.tsql import TSQL

POLICIES = {
    policy.name: policy
    for policy in (
        POSTGRES, MYSQL, MARIADB, ORACLE, TSQL, SQLITE, DUCKDB, TRINO, CLICKHOUSE, SNOWFLAKE, BIGQUERY,
    )
}  # fmt: skip
"""By the name of the dialect that `core.sql.guard.check` is given."""

__all__ = ["POLICIES", "Policy"]
