"""MariaDB: as MySQL, but for the statement time limit, which is in seconds, and for GROUP BY.

Its ONLY_FULL_GROUP_BY refuses columns that depend on the grouped key, as in `GROUP BY customer.id`, which are right.
"""

from core.engines.mysql import MYSQL, MysqlEngine, Traits

MARIADB = Traits(
    name="MariaDB",
    sql_mode=MYSQL.sql_mode.removesuffix(",ONLY_FULL_GROUP_BY"),
    time_limit=", max_statement_time = {seconds:.3f}",
    limited_from=(10, 1, 1),
    is_mariadb=True,
)

ENGINE = MysqlEngine(MARIADB, "mariadb")
