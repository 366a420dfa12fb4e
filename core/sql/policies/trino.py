"""What Trino may be asked. Procedures, table functions (`TABLE(system.query(…))`) and lambdas are left out."""

from core.sql.policies.common import ANALYSIS, FUNCTIONS, NODES, TYPES, Policy, words

TRINO = Policy(
    name="trino",
    dialect="trino",
    folds="any",
    nodes=NODES | words("Filter Bracket Array Unnest TableSample"),
    functions=FUNCTIONS
    | (ANALYSIS - words("Initcap Left Right LastDay Unicode DayOfMonth"))
    | words(
        """
        Cot Cbrt Cosh Sinh Tanh Atan2 Trunc ApproxQuantile GroupConcat StrPosition Levenshtein ArrayContains ArraySize
        ArrayToString Array Unnest JSONExtract JSONExtractScalar UnixToTime TimeToUnix Localtimestamp BitwiseAndAgg
        BitwiseOrAgg RegrIntercept RegrSlope Skewness Kurtosis Try WeekOfYear
        """
    ),
    names=words(
        """
        AT_TIMEZONE CARDINALITY CODEPOINT CONCAT_WS DATE DATE_PARSE DAY_OF_MONTH DAY_OF_WEEK DAY_OF_YEAR DATE_FORMAT
        FORMAT_DATETIME FROM_ISO8601_DATE FROM_ISO8601_TIMESTAMP FROM_UNIXTIME GEOMETRIC_MEAN HAMMING_DISTANCE
        JSON_ARRAY_LENGTH JSON_FORMAT JSON_PARSE JSON_SIZE LAST_DAY_OF_MONTH LOG10 LOG2 PARSE_DATETIME REGEXP_COUNT
        REGEXP_POSITION SPLIT STRPOS TO_ISO8601 TO_UNIXTIME TRUNCATE WIDTH_BUCKET YEAR_OF_WEEK YOW WEEK_OF_YEAR
        WITH_TIMEZONE ARRAY_DISTINCT ARRAY_JOIN ARRAY_MAX ARRAY_MIN ARRAY_SORT CONTAINS ELEMENT_AT
        """
    ),
    types=TYPES | words("UUID JSON VARBINARY TIMETZ IPADDRESS"),
    system_schemas=words("information_schema"),
    system_tables=frozenset(),
    session_words=words("user current_user current_role current_catalog current_schema current_path localtime"),
    recursion_needs_word=True,
    has_json_arrows=False,
)
