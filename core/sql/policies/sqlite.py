"""What SQLite may be asked."""

from core.sql.policies.common import FUNCTIONS, NODES, TYPES, Policy, words

SQLITE = Policy(
    name="sqlite",
    dialect="sqlite",
    folds="any",
    nodes=NODES | words("Glob ILike Filter Collate NullSafeEQ NullSafeNEQ"),
    functions=FUNCTIONS
    | words(
        """
        Acosh Asinh Atan2 Atanh Cosh Sinh Tanh Degrees Radians Pi Trunc Rand Collate Chr ConcatWs Format GroupConcat
        Hex Soundex StrPosition Unicode Typeof NthValue JSONArrayAgg JSONExtract JSONExtractScalar JSONObject
        JSONObjectAgg JSONRemove JSONSet JSONType RegexpLike CurrentTime Date TimeToStr TsOrDsToTimestamp
        """
    ),
    names=words(
        """
        DATE TIME DATETIME JULIANDAY STRFTIME UNIXEPOCH TIMEDIFF JSON JSON_ARRAY JSON_ARRAY_LENGTH JSON_EACH
        JSON_INSERT JSON_PATCH JSON_QUOTE JSON_REPLACE JSON_TREE JSON_VALID LIKELIHOOD LIKELY UNLIKELY OCTET_LENGTH
        PRINTF QUOTE TOTAL LOG2 LOG10
        """
    ),
    types=TYPES | words("JSON DATETIME VARBINARY BINARY"),
    system_schemas=words("temp"),
    system_tables=words(
        "dbstat bytecode tables_used fsdir zipfile generate_series wholenumber carray vtablog vtabtest define"
    ),
    system_prefixes=("sqlite_", "pragma_"),
    default_schemas=words("main"),
    qualifier_is_database=True,
    pseudo_columns=words("rowid oid _rowid_"),
    limits_recursion=True,
    quoted_text=True,
)
