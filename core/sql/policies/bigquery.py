"""What BigQuery may be asked.

EXTERNAL_QUERY, ML and AI functions, NET, KEYS, scripting, wildcard tables and other projects are refused: none of them
is named here.
"""

from core.sql.policies.common import ANALYSIS, FUNCTIONS, NODES, TYPES, Policy, words

BIGQUERY = Policy(
    name="bigquery",
    dialect="bigquery",
    folds="any",
    nodes=NODES | words("Bracket Array Unnest RawString TableSample"),
    functions=FUNCTIONS
    | (ANALYSIS - words("SplitPart Unicode Chr Degrees Radians Pi"))
    | words(
        """
        Atan2 Cbrt Cosh Sinh Tanh Cot Trunc GroupConcat PercentileCont PercentileDisc ApproxQuantiles StrPosition
        EndsWith DateTrunc DateSub DatetimeTrunc DatetimeAdd DatetimeSub DatetimeDiff TimestampAdd TimestampSub
        TimestampDiff DateFromParts StrToDate JSONExtractScalar SafeDivide ArrayToString ArraySize Array
        Unnest TsOrDsToDate CurrentDatetime Date Split RegexpInstr UnixDate ParseDatetime
        """
    ),
    names=words(
        """
        FORMAT_TIMESTAMP FORMAT_DATETIME PARSE_TIMESTAMP TIMESTAMP DATETIME TIMESTAMP_SECONDS TIMESTAMP_MILLIS
        UNIX_SECONDS UNIX_MILLIS IEEE_DIVIDE SAFE_ADD SAFE_SUBTRACT SAFE_MULTIPLY SAFE_NEGATE IS_NAN IS_INF
        NORMALIZE CHAR_LENGTH INSTR ARRAY_REVERSE DIV
        """
    ),
    types=TYPES | words("BIGDECIMAL DATETIME VARBINARY JSON"),
    system_schemas=words("information_schema"),
    system_tables=words("__tables__ __tables_summary__"),
    system_prefixes=("information_schema", "region-"),
    session_words=words("session_user"),
    pseudo_columns=words("_partitiontime _partitiondate"),
    recursion_needs_word=True,
    has_json_arrows=False,
    exact_names=True,
)
