"""What a policy says, and what all servers share.

A policy is a list of what is allowed; everything else is refused, also what a later version of sqlglot may add. It has
three parts: the kinds of node a tree may hold (`nodes`), the functions that sqlglot has a class for (`functions`), and
the server's own functions that it keeps by name (`names`). All are written as sqlglot or the server spells them.
"""

from dataclasses import dataclass
from typing import Literal


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set: how the lists are written down."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Policy:
    """What one kind of server may be asked."""

    name: str
    dialect: str
    """The sqlglot dialect that its SQL is read and printed in."""
    folds: Literal["lower", "upper", "any", "exact"]
    """What the server does to a name without quotes: lower it, raise it, compare it in any case, or nothing."""
    nodes: frozenset[str]
    functions: frozenset[str]
    names: frozenset[str]
    types: frozenset[str]
    """Types a value may be cast to, as sqlglot's `DType` spells them."""
    system_schemas: frozenset[str]
    """Schemas and databases of the server itself, in lower case: never read."""
    system_tables: frozenset[str]
    """Their tables and views that can be read without naming the schema, in lower case."""
    system_prefixes: tuple[str, ...] = ()
    """How the names of such tables begin, in lower case."""
    default_schemas: frozenset[str] = frozenset()
    """Names by which the default schema can be called, in lower case; any other qualifier must be in the catalog."""
    qualifier_is_database: bool = False
    """True where `a.t` reaches into another database, so that it needs a catalog that knows it."""
    pseudo_columns: frozenset[str] = frozenset()
    """What can be read like a column of every table, in lower case."""
    bare_names: frozenset[str] = frozenset()
    """Harmless functions that are written without parentheses, in lower case."""
    session_words: frozenset[str] = frozenset()
    """Words that look like a column and tell about session, account or server, in lower case."""
    system_columns: frozenset[str] = frozenset()
    """Hidden columns that every table of the server has, in lower case: refused."""
    refused_words: frozenset[str] = frozenset()
    """Words that no query needs outside of quotes, in upper case: where a statement may begin without a semicolon."""
    reserved: frozenset[str] = frozenset()
    """Words that are printed in quotes when they are a name, in upper case."""
    recursion_needs_word: bool = False
    """True where only WITH RECURSIVE may refer to itself."""
    limits_recursion: bool = False
    """True where a LIMIT inside a recursive CTE ends it."""
    has_json_arrows: bool = True
    """False where `->` is nothing; the parser would take exponential time over a row of them."""
    quoted_text: bool = False
    """True where the server reads "a name it does not know" as text."""
    pseudo_tables: frozenset[str] = frozenset()
    """Tables of one row that are always there, in lower case."""
    catalog_may_know_system_names: bool = False
    """True where people's own tables may be called like the server's: then one that the catalog knows is theirs."""
    exact_names: bool = False
    """True where names of tables have the case of the server's files: they are printed as the catalog has them."""
    aggregates_by_name: bool = False
    """True where the parser keeps the server's own aggregates by name, too: `uniqExact(x)`, `topK(3)(x)`."""
    reads_named_files: bool = False
    """True where the name of a table may be a file's: without a catalog only plain names are let through."""


ARGUMENTS: dict[str, frozenset[str]] = {
    "Select": words(
        "with_ distinct expressions from_ joins laterals where group having windows order limit offset connect options"
        " for_"
    ),
    "Union": words("with_ this expression distinct order limit offset options for_"),
    "Except": words("with_ this expression distinct order limit offset options for_"),
    "Intersect": words("with_ this expression distinct order limit offset options for_"),
    "Subquery": words("with_ this alias order limit offset joins pivots laterals"),
    "Table": words("this alias db joins pivots ordinality laterals sample"),
    "Join": words("this on side kind using method"),
    "With": words("expressions recursive"),
    "CTE": words("this alias materialized"),
    "Pivot": words(
        "this alias expressions fields unpivot columns include_nulls identify_pivot_strings prefixed_pivot_columns"
        " pivot_column_naming value_columns_first"
    ),
    "Identifier": words("this quoted"),
    "Column": words("this table db join_mark"),
    "Star": frozenset(),
    "In": words("this expressions query"),
    "ColumnDef": words("this kind"),
    "TableSample": words("method percent size seed"),
    "Lateral": words("this alias cross_apply ordinality"),
    "Unnest": words("expressions alias offset"),
    "Values": words("expressions alias"),
    "Window": words("this partition_by order spec alias over first"),
    "Group": words("expressions grouping_sets cube rollup all"),
    "Order": words("this expressions siblings"),
    "Ordered": words("this desc nulls_first"),
    "Connect": words("start connect nocycle"),
    "Cast": words("this to format safe"),
    "TimeStrToTime": words("this"),  # with a zone it is printed as no server's function
}
"""The parts that these nodes may have. A part that is not here (a lock, a sample, a hint, INTO) is refused."""

NODES = words(
    """
    Select Union Except Intersect Subquery From Join Where Group Having Order Ordered Limit LimitOptions Offset Fetch
    With CTE Table TableAlias Lateral Values Tuple Alias Column Identifier Star Distinct All Any Literal Null Boolean
    National HexString BitString Paren Neg Not And Or Add Sub Mul Div Mod IntDiv DPipe BitwiseAnd BitwiseOr BitwiseXor
    BitwiseNot BitwiseLeftShift BitwiseRightShift EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Between Like
    Escape Exists Case If Cast DataType DataTypeParam Interval IntervalSpan Var AtTimeZone Window WindowSpec
    WithinGroup IgnoreNulls RespectNulls Rollup Cube GroupingSets JSONKeyValue JSONPath JSONPathRoot JSONPathKey
    JSONPathSubscript JSONPathWildcard JSONPathSlice
    """
)
"""Kinds of node, other than functions, that a query of any server may hold."""

FUNCTIONS = words(
    """
    And Or Case If Cast Exists Count Sum Avg Min Max RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead
    FirstValue LastValue Coalesce Nullif Greatest Least Abs Ceil Floor Round Sqrt Exp Ln Log Pow Sign Sin Cos Tan Acos
    Asin Atan Lower Upper Length Trim Substring Replace Concat CurrentDate CurrentTimestamp
    """
)
"""Functions that sqlglot has a class for and prints as harmless functions of every server."""

ANALYSIS = words(
    """
    AnyValue ApproxDistinct ArgMax ArgMin ArrayAgg Corr CountIf CovarPop CovarSamp LogicalAnd LogicalOr NthValue Stddev
    StddevPop StddevSamp Variance VariancePop Grouping
    Left Right Reverse StartsWith SplitPart Pad RegexpReplace RegexpExtract RegexpLike Initcap Chr Unicode
    TryCast Degrees Radians Pi Rand
    Year Quarter Month Day Hour Minute Second DayOfMonth DayOfWeek DayOfYear Week Extract DateDiff DateAdd
    TimestampTrunc DateTrunc LastDay TimeToStr StrToTime
    """
)
"""What most analytical servers have beside `FUNCTIONS`."""

TYPES = words(
    """
    BIGINT SMALLINT INT TINYINT DECIMAL FLOAT DOUBLE BOOLEAN CHAR NCHAR VARCHAR NVARCHAR TEXT DATE TIME TIMESTAMP
    TIMESTAMPTZ INTERVAL
    """
)
