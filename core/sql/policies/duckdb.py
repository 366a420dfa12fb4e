"""What DuckDB may be asked. Its functions of tables (read_csv, glob, query …) and of lists by lambda are left out."""

from core.sql.policies.common import ANALYSIS, FUNCTIONS, NODES, TYPES, Policy, words

DUCKDB = Policy(
    name="duckdb",
    dialect="duckdb",
    folds="any",
    nodes=NODES | words("ILike SimilarTo Glob Filter Bracket Slice Array Unnest TableSample NullSafeNEQ"),
    functions=FUNCTIONS
    | (ANALYSIS - words("Initcap"))
    | words(
        """
        Acosh Asinh Atan2 Atanh Cosh Sinh Tanh Cot Cbrt Factorial Trunc Median Mode PercentileCont PercentileDisc
        Quantile ApproxQuantile GroupConcat BitwiseAndAgg BitwiseOrAgg BitwiseXorAgg Kurtosis Skewness RegrAvgx RegrAvgy
        RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx RegrSxy RegrSyy ConcatWs Hex MD5 StrPosition Translate
        Levenshtein Ascii EndsWith Date DateFromParts Dayname Monthname TimeToUnix UnixToTime StrToDate JSONExtract
        JSONExtractScalar Array ArraySize ArrayContains ArrayToString Unnest Explode Typeof Localtimestamp
        """
    ),
    names=words(
        """
        AGE CENTURY DATESUB DATE_SUB DATE_PART DATEPART DECADE EPOCH_MS EPOCH_US FAVG FSUM GCD LCM ISFINITE ISINF ISNAN
        ISODOW ISOYEAR LEN LIST_CONTAINS LIST_DISTINCT LIST_SORT LIST_SUM LIST_AVG LIST_MIN LIST_MAX LIST_COUNT
        JSON_ARRAY_LENGTH JSON_KEYS JSON_TYPE JSON_VALID MAD MAKE_TIME MAKE_TIMESTAMP NFC_NORMALIZE PRODUCT
        STRIP_ACCENTS STRPTIME TRY_STRPTIME TIME_BUCKET TODAY TO_DAYS TO_HOURS TO_MINUTES TO_MONTHS TO_SECONDS TO_WEEKS
        TO_YEARS TRUNC WEEKDAY WEEKOFYEAR YEARWEEK STRING_SPLIT REGEXP_MATCHES REGEXP_FULL_MATCH JACCARD
        JARO_WINKLER_SIMILARITY
        """
    ),
    types=TYPES
    | words("UUID JSON UTINYINT USMALLINT UINT UBIGINT INT128 UINT128 VARBINARY TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS"),
    system_schemas=words("information_schema pg_catalog system temp"),
    system_tables=frozenset(),
    system_prefixes=("duckdb_", "pragma_", "sqlite_", "pg_"),
    default_schemas=words("main"),
    session_words=words("user current_user session_user current_role current_catalog current_schema current_database"),
    pseudo_columns=words("rowid"),
    recursion_needs_word=True,
    limits_recursion=True,
    reads_named_files=True,
)
