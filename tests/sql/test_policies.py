"""The policies fail closed: what a policy does not name is refused, and what it allows is the server's own."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import pairwise

import psycopg
import pymysql
import pytest
from sqlalchemy import make_url
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from core.sql.guard import check
from core.sql.nodes import check_nodes
from core.sql.policies import POLICIES, Policy
from core.sql.policies.common import ARGUMENTS, words
from core.sql.printing import printed
from core.sql.refusal import Refusal

FUNCTIONS = frozenset(kind.__name__ for kind in exp.ALL_FUNCTIONS)
NODES = frozenset(
    name
    for name, kind in vars(exp).items()
    if isinstance(kind, type) and issubclass(kind, exp.Expr) and kind.__name__ == name
)

# Words that are followed by a bracket without being functions, on any server.
KEYWORDS = words(
    """
    SELECT FROM IN AS OVER VALUES WITHIN AND OR NOT CASE WHEN THEN ELSE INTERVAL USING ARRAY EXISTS CAST TRY_CAST
    COALESCE NULLIF GREATEST LEAST EXTRACT TRIM OVERLAY POSITION SUBSTRING GROUPING COLUMNS KEEP ROW ALL ANY WHERE INT
    DECIMAL REGEXP GROUP ORDER BY CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP COLLATE CONVERT
    IIF IF DATE TIME TIMESTAMP LEFT RIGHT CHAR REPLACE INSERT YEAR MONTH DAY HOUR MINUTE SECOND QUARTER WEEK MOD LIKE
    GLOB JSON_OBJECT JSON_OBJECTAGG JSON_ARRAYAGG JSON_TABLE FILTER MATERIALIZED SOME
    """
)
# The grammar of these servers has the words above where `pg_proc` and the like list none.


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_class_that_is_not_named_is_refused(policy: Policy) -> None:
    allowed = policy.nodes | policy.functions | {"Anonymous"}
    refused = 0
    for name in NODES | FUNCTIONS:
        if name in allowed:
            continue
        try:
            node = getattr(exp, name)()
        except TypeError:
            continue  # a trait that nothing can be made of
        with pytest.raises(Refusal):
            check_nodes(exp.Select(expressions=[node]), policy)
        refused += 1
    assert refused > 700


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_name_of_a_policy_is_a_class_of_its_kind(policy: Policy) -> None:
    assert policy.functions <= FUNCTIONS
    assert policy.nodes <= NODES
    assert not (policy.nodes & FUNCTIONS) - policy.functions
    assert policy.types <= set(exp.DType.__members__)
    assert policy.names == {name.upper() for name in policy.names}
    assert set(ARGUMENTS) <= NODES | FUNCTIONS


def test_parts_that_a_policy_allows_are_parts_of_the_class() -> None:
    for name, parts in ARGUMENTS.items():
        assert parts <= set(getattr(exp, name).arg_types), name


DANGEROUS = words(
    """
    ReadCSV ReadParquet ToFile NetFunc Host CurrentUser SessionUser CurrentRole CurrentCatalog CurrentDatabase
    CurrentSchema CurrentVersion NextValueFor XMLTable XMLElement XMLGet Predict MLForecast MLTranslate AIGenerate
    AIAgg GenerateText GenerateEmbedding VectorSearch Secret SafeFunc DynamicIdentifier Encrypt Decrypt
    ParameterizedAgg CombinedAggFunc Randstr Uniform Zipf ObjectId CurrentIpAddress
    """
)
STATEMENTS = words(
    """
    Insert Update Delete Merge Create Drop Alter TruncateTable Command Copy LoadData Set SetItem Use Attach Detach
    Pragma Transaction Commit Rollback Grant Revoke Kill Show Describe Execute ExecuteSql Into Lock Hint WithTableHint
    IndexTableHint JoinHint Parameter SessionParameter Placeholder Dot Operator Returning Block Semicolon Cache
    Uncache Refresh Analyze Summarize Put Get Export MatchRecognize Version StoredProcedure
    UserDefinedFunction ObjectIdentifier PseudoType Qualify TableFromRows
    """
)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_no_policy_names_what_must_never_run(policy: Policy) -> None:
    assert FUNCTIONS >= DANGEROUS
    assert NODES >= STATEMENTS
    assert not (policy.nodes | policy.functions) & (DANGEROUS | STATEMENTS)


# What is allowed prints as a function that the server itself brings, or a person's own of that name would be called.


def _calls(policy: Policy) -> Iterator[tuple[str, str]]:
    """The names that each allowed class is printed as, with the text."""
    dialect = Dialect.get_or_raise(policy.dialect)
    for name in sorted(policy.functions):
        kind = getattr(exp, name)
        for many in range(5):
            try:
                node = kind.from_arg_list([exp.column(letter) for letter in "abcd"[:many]])
                # Of a table, since a column of nothing would be refused before the function is looked at.
                text = printed(exp.select(node).from_("t"), policy)
            except Exception:  # noqa: BLE001 - not every class can be made of so many plain columns
                continue
            if not check(text, policy.name).allowed:
                continue  # printed as something that the guard itself does not know
            tokens = dialect.tokenize(text)
            for token, after in pairwise(tokens):
                if after.text == "(" and token.text.replace("_", "").isalnum() and token.text.upper() not in KEYWORDS:
                    yield token.text.upper(), text


def _unknown(policy: Policy, exists: Callable[[str], bool]) -> dict[str, str]:
    found = {name: text for name, text in _calls(policy) if not exists(name)}
    return found | {name: "by name" for name in policy.names if name not in KEYWORDS and not exists(name)}


def test_postgresql_has_what_is_allowed(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        rows = connection.execute(
            "SELECT DISTINCT upper(proname) FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
        )
        own = {row[0] for row in rows}
        version = connection.info.server_version
    newer = {"ANY_VALUE"} if version < 160000 else set()
    assert set(_unknown(POLICIES["postgres"], own.__contains__)) <= newer


def test_sqlite_has_what_is_allowed() -> None:
    connection = sqlite3.connect(":memory:")
    own = {row[0].upper() for row in connection.execute("SELECT name FROM pragma_function_list")}
    connection.close()
    tables = {"JSON_EACH", "JSON_TREE"}
    # Functions of newer versions, and of builds with the mathematics that some systems leave out.
    newer = {"TIMEDIFF", "CONCAT", "CONCAT_WS", "OCTET_LENGTH", "STRING_AGG"}
    unknown = set(_unknown(POLICIES["sqlite"], lambda name: name in own | tables))
    assert unknown <= newer


def test_mariadb_has_what_is_allowed(mariadb_database: str) -> None:
    where = make_url(mariadb_database)
    connection = pymysql.connect(
        host=where.host,
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database,
    )
    with connection, connection.cursor() as cursor:

        def exists(name: str) -> bool:
            try:
                cursor.execute(f"SELECT {name}()")
            except pymysql.Error as error:
                return bool(error.args[0] != 1305)  # ER_SP_DOES_NOT_EXIST: looked for as a person's own function
            return True

        mysql_only = {"REGEXP_LIKE", "ANY_VALUE", "WEIGHT_STRING", "JSON_OVERLAPS", "JSON_PRETTY"}
        assert set(_unknown(POLICIES["mysql"], exists)) <= mysql_only
        assert set(_unknown(POLICIES["mariadb"], exists)) <= mysql_only


TSQL_OWN = words(
    """
    ABS ACOS APPROX_COUNT_DISTINCT TRY_CONVERT ASCII ASIN ATAN ATN2 AVG CEILING CHARINDEX CONCAT CONCAT_WS COS COT
    COUNT COUNT_BIG CUME_DIST DATEADD DATEDIFF DATEFROMPARTS DATEPART DATETIMEFROMPARTS DATETRUNC DEGREES DENSE_RANK
    EOMONTH EXP FIRST_VALUE FLOOR FORMAT GENERATE_SERIES GETDATE GROUPING_ID ISNULL JSON_QUERY JSON_VALUE LAG HASHBYTES
    LAST_VALUE LEAD LEN LOG LOWER MAX MIN NEWID NTILE OPENJSON PERCENT_RANK PERCENTILE_CONT PERCENTILE_DISC PI POWER
    RADIANS RAND RANK REPLICATE REVERSE ROUND ROW_NUMBER SIGN SIN SOUNDEX SQRT STDEV STRING_AGG STUFF SUM
    SYSDATETIMEOFFSET TAN TIMEFROMPARTS TRANSLATE UNICODE UPPER VARCHAR DATETIME2
    """
)
ORACLE_OWN = words(
    """
    ABS ACOS ADD_MONTHS ANY_VALUE APPROX_COUNT_DISTINCT ASCII ASIN ATAN ATAN2 AVG CEIL CHR CONCAT CORR COS COSH COUNT
    COVAR_POP COVAR_SAMP CUME_DIST DECODE DENSE_RANK EXP FIRST_VALUE FLOOR GROUPING_ID INITCAP INSTR JSON_ARRAY
    JSON_EXISTS LAG LAST_DAY LAST_VALUE LEAD LENGTH LISTAGG LN LOG LOWER LPAD MAX MEDIAN MIN MONTHS_BETWEEN NANVL
    NEXT_DAY NTH_VALUE NTILE NVL NVL2 PERCENT_RANK PERCENTILE_CONT PERCENTILE_DISC POWER RANK REGEXP_COUNT
    REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2
    REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY ROUND ROW_NUMBER RPAD SIGN SIN SINH SOUNDEX SQRT STANDARD_HASH STDDEV
    STDDEV_POP STDDEV_SAMP SUBSTR SUM SYSTIMESTAMP TAN TANH TO_CHAR TO_DATE TO_NUMBER TO_TIMESTAMP TRANSLATE TRUNC
    UPPER VALUE VAR_POP VARIANCE WIDTH_BUCKET
    """
)


@pytest.mark.parametrize(("dialect", "own"), [("tsql", TSQL_OWN), ("oracle", ORACLE_OWN)])
def test_no_server_here_but_their_manuals_know_what_is_allowed(dialect: str, own: frozenset[str]) -> None:
    unknown = {name: text for name, text in _calls(POLICIES[dialect]) if name not in own}
    assert not unknown
