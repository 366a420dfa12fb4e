"""What MySQL and MariaDB may be asked. They are read with one grammar; MariaDB adds only what its own server runs."""

from dataclasses import replace

from core.sql.policies.common import FUNCTIONS, NODES, TYPES, Policy, words

MYSQL = Policy(
    name="mysql",
    dialect="mysql",
    folds="any",
    nodes=NODES
    | words("ILike Xor Introducer Collate JSONValue JSONTable JSONSchema JSONColumnDef OnCondition CharacterSet"),
    functions=FUNCTIONS
    | words(
        """
        Xor Atan2 Cot Degrees Radians Pi Trunc Rand BitwiseCount NumberToStr AnyValue BitwiseAndAgg BitwiseOrAgg
        BitwiseXorAgg GroupConcat Grouping NthValue StddevPop StddevSamp Stddev Variance VariancePop Ascii BitLength
        Chr Collate ConcatWs Elt FromBase64 ToBase64 Hex Unhex Left Right MD5 SHA SHA2 Pad Repeat Reverse Soundex
        Space StrPosition Stuff SubstringIndex Nvl2 RegexpInstr RegexpLike RegexpReplace RegexpSubstr MatchAgainst
        JSONExtract JSONExtractScalar JSONKeys JSONObject JSONObjectAgg JSONRemove JSONSet JSONTable JSONType
        JSONArrayContains ConvertTimezone CurrentTime Localtime Localtimestamp Date DateAdd DateDiff DateSub DateTrunc
        Day DayOfMonth DayOfWeek DayOfYear Dayname Extract Hour LastDay Minute Month Quarter Second StrToDate Time
        TimeFromParts TimeToStr Timestamp TimestampAdd TimestampDiff TsOrDsToDate TsOrDsToTimestamp UnixToTime UtcDate
        UtcTime UtcTimestamp Week WeekOfYear Year Uuid
        """
    ),
    names=words(
        """
        ADDDATE ADDTIME SUBDATE SUBTIME FROM_DAYS TO_DAYS TO_SECONDS MAKEDATE MICROSECOND NOW SYSDATE PERIOD_ADD
        PERIOD_DIFF SEC_TO_TIME TIMEDIFF TIME_FORMAT TIME_TO_SEC UNIX_TIMESTAMP WEEKDAY YEARWEEK BIN CONV CRC32 OCT
        FIELD FIND_IN_SET MAKE_SET EXPORT_SET MID OCTET_LENGTH ORD QUOTE STRCMP INET_ATON INET_NTOA LOG10 LOG2
        JSON_ARRAY JSON_ARRAYAGG JSON_CONTAINS JSON_CONTAINS_PATH JSON_DEPTH JSON_EXISTS JSON_INSERT JSON_LENGTH
        JSON_MERGE_PATCH JSON_MERGE_PRESERVE JSON_OVERLAPS JSON_PRETTY JSON_QUERY JSON_QUOTE JSON_REPLACE JSON_SEARCH
        JSON_UNQUOTE SOME JSON_VALID GET_FORMAT INET6_ATON INET6_NTOA IS_IPV4 IS_IPV6 ST_DISTANCE_SPHERE
        """
    ),
    types=TYPES
    | words(
        "JSON DATETIME YEAR BINARY VARBINARY UBIGINT USMALLINT UINT UTINYINT UDECIMAL MEDIUMINT UMEDIUMINT"
        " CHARACTER_SET"
    ),
    system_schemas=words("mysql information_schema performance_schema sys ndbinfo"),
    system_tables=frozenset(),
    pseudo_tables=words("dual"),
    qualifier_is_database=True,
    session_words=words("current_user current_role"),
    limits_recursion=True,
    recursion_needs_word=True,
    exact_names=True,
)

MARIADB = replace(
    MYSQL,
    name="mariadb",
    functions=MYSQL.functions | words("Median PercentileCont PercentileDisc"),
    names=MYSQL.names | words("JSON_COMPACT JSON_DETAILED JSON_LOOSE"),
)
