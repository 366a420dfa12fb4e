"""What PostgreSQL may be asked."""

from core.sql.policies.common import FUNCTIONS, NODES, TYPES, Policy, words

POSTGRES = Policy(
    name="postgres",
    dialect="postgres",
    folds="lower",
    nodes=NODES
    | words(
        """
        ILike SimilarTo Bracket Slice Filter Kwarg TableSample ColumnDef Array ByteString RawString Overlaps Unnest
        Distance Distance JSON JSONValue JSONTable JSONSchema JSONColumnDef OnCondition
        """
    ),
    functions=FUNCTIONS
    | words(
        """
        Acosh Asinh Atan2 Atanh Cosh Sinh Tanh Cot Cbrt Degrees Radians Pi Factorial Trunc WidthBucket Rand AnyValue
        ArrayAgg Array ArrayAppend ArrayConcat ArrayContainsAll ArrayContainedBy ArrayOverlaps ArrayPosition
        ArrayPrepend ArrayRemove ArraySize ArrayToString StringToArray Unnest Explode Ascii BitLength Chr ConcatWs
        Format GroupConcat Hex Initcap Left Right MD5 SHA2Digest Overlay Pad Repeat Reverse SplitPart StartsWith
        StrPosition Translate Encode Decode Collate JSONBPathExists RegexpLike RegexpILike RegexpCount RegexpInstr
        RegexpReplace RegexpSubstr MatchAgainst BitwiseAndAgg BitwiseOrAgg BitwiseXorAgg LogicalAnd LogicalOr Corr
        CovarPop CovarSamp Mode NthValue PercentileCont PercentileDisc RegrAvgx RegrAvgy RegrCount RegrIntercept
        RegrR2 RegrSlope RegrSxx RegrSxy RegrSyy Stddev StddevPop StddevSamp Variance VariancePop Grouping JSONExtract
        JSONExtractScalar JSONBExtract JSONBExtractScalar JSONBContains JSONBContainsTopKey JSONBContainsAnyTopKeys
        JSONBContainsAllTopKeys JSONBDeleteAtPath JSONArrayAgg JSONBObjectAgg JSONObject JSONObjectAgg JSONStripNulls
        CurrentTime Date Day Month Year Localtime Localtimestamp DateAdd DateBin Extract JustifyDays JustifyHours
        JustifyInterval MakeInterval StrToDate StrToTime TimeFromParts TimeToStr TimestampFromParts TimestampTrunc
        ToNumber UnixToTime Uuid Normalize JSONTable GenerateSeries ExplodingGenerateSeries
        """
    ),
    names=words(
        """
        ACOSD ASIND ATAND COSD COTD SIND TAND GCD LCM DIV SCALE MIN_SCALE TRIM_SCALE LOG10 ISFINITE AGE ARRAY_DIMS
        ARRAY_LOWER ARRAY_NDIMS ARRAY_POSITIONS ARRAY_REPLACE ARRAY_UPPER CARDINALITY TRIM_ARRAY GENERATE_SUBSCRIPTS
        BIT_COUNT OCTET_LENGTH QUOTE_LITERAL QUOTE_NULLABLE TO_ASCII STRING_TO_TABLE SHA224 EVERY NUM_NONNULLS
        NUM_NULLS REGEXP_MATCH REGEXP_MATCHES REGEXP_SPLIT_TO_ARRAY REGEXP_SPLIT_TO_TABLE JSONB_AGG
        JSONB_ARRAY_ELEMENTS JSONB_ARRAY_ELEMENTS_TEXT JSONB_ARRAY_LENGTH JSONB_BUILD_ARRAY JSONB_BUILD_OBJECT
        JSONB_EACH JSONB_EACH_TEXT JSONB_EXTRACT_PATH JSONB_EXTRACT_PATH_TEXT JSONB_INSERT JSONB_OBJECT
        JSONB_OBJECT_KEYS JSONB_PATH_EXISTS JSONB_PATH_MATCH JSONB_PATH_QUERY JSONB_PATH_QUERY_ARRAY
        JSONB_PATH_QUERY_FIRST JSONB_PRETTY JSONB_SET JSONB_STRIP_NULLS JSONB_TYPEOF JSON_ARRAY_ELEMENTS
        JSON_ARRAY_ELEMENTS_TEXT JSON_ARRAY_LENGTH JSON_BUILD_ARRAY JSON_BUILD_OBJECT JSON_EACH JSON_EACH_TEXT
        JSON_OBJECT_KEYS JSON_TYPEOF ARRAY_TO_JSON ROW_TO_JSON TO_JSON TO_JSONB CLOCK_TIMESTAMP STATEMENT_TIMESTAMP
        TRANSACTION_TIMESTAMP TIMEOFDAY MAKE_DATE MAKE_TIMESTAMPTZ TO_HEX SOME JSON_TO_RECORD JSON_TO_RECORDSET
        JSONB_TO_RECORD JSONB_TO_RECORDSET DATERANGE INT4RANGE INT8RANGE NUMRANGE TSRANGE TSTZRANGE RANGE_AGG ISEMPTY
        LOWER_INC UPPER_INC TO_TSVECTOR TO_TSQUERY PLAINTO_TSQUERY PHRASETO_TSQUERY WEBSEARCH_TO_TSQUERY TS_RANK
        TS_RANK_CD TS_HEADLINE SETWEIGHT STRIP NUMNODE ROW ALL TIMEZONE NETWORK MASKLEN BROADCAST QUOTE_IDENT
        """
    ),
    types=TYPES
    | words(
        "UUID JSON JSONB BIT VARBINARY TIMETZ INET MONEY ARRAY BPCHAR NAME DATERANGE INT4RANGE INT8RANGE NUMRANGE"
        " TSRANGE TSTZRANGE"
    ),
    system_schemas=words("pg_catalog information_schema pg_toast pg_temp pg_toast_temp"),
    system_tables=words("columns_priv user_mappings"),
    system_prefixes=("pg_",),
    default_schemas=words("public"),
    session_words=words(
        "user current_user session_user system_user current_role current_catalog current_schema current_database"
    ),
    system_columns=words("ctid xmin xmax cmin cmax tableoid oid"),
    recursion_needs_word=True,
)
