"""What each SQL dialect is called where its name is read: in the texts for a model."""

_PRODUCTS = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "tsql": "SQL Server",
    "sqlite": "SQLite",
    "duckdb": "DuckDB",
    "trino": "Trino",
    "clickhouse": "ClickHouse",
    "snowflake": "Snowflake",
    "bigquery": "BigQuery",
}


def product(dialect: str) -> str:
    """The product whose SQL a dialect is, by sqlglot's name for it; else that name."""
    return _PRODUCTS.get(dialect, dialect)
