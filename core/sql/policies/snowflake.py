"""What Snowflake may be asked.

Stages (`@stage`), SYSTEM$ functions, TABLE(…), FLATTEN, time travel, variables and IDENTIFIER(…) are refused: none of
them is named here.
"""

from core.sql.policies.common import ANALYSIS, FUNCTIONS, NODES, TYPES, Policy, words

SNOWFLAKE = Policy(
    name="snowflake",
    dialect="snowflake",
    folds="upper",
    nodes=NODES | words("ILike Bracket TableSample"),
    functions=FUNCTIONS
    | (ANALYSIS - words("Rand Pi"))
    | words(
        """
        Atan2 Cbrt Cosh Sinh Tanh Cot Trunc Median Mode PercentileCont PercentileDisc ApproxQuantile GroupConcat
        ConcatWs StrPosition Translate Ascii EndsWith MD5 DateFromParts Dayname Monthname ToChar ToNumber ToDouble
        ToBoolean AddMonths MonthsBetween JSONExtract ArraySize ArrayContains Kurtosis Skewness RegrIntercept RegrSlope
        RegrR2 RegexpCount RegexpInstr RegexpSubstr EqualNull BitwiseAndAgg BitwiseOrAgg DateTrunc TsOrDsToDate Nvl2
        ParseJSON WidthBucket Contains
        """
    ),
    names=words(
        """
        RATIO_TO_REPORT TRY_TO_NUMBER TRY_TO_DATE TRY_TO_DOUBLE TRY_TO_TIMESTAMP TO_DATE TO_TIMESTAMP TO_TIMESTAMP_NTZ
        TO_TIME TO_VARCHAR TO_DECIMAL TO_VARIANT YEAROFWEEK WEEKISO DAYOFWEEKISO CONDITIONAL_TRUE_EVENT CHARINDEX
        CONVERT_TIMEZONE EDITDISTANCE TIME_SLICE NEXT_DAY PREVIOUS_DAY
        """
    ),
    types=TYPES | words("VARIANT TIMESTAMPLTZ TIMESTAMPNTZ VARBINARY BINARY"),
    system_schemas=words("information_schema account_usage organization_usage data_sharing_usage reader_account_usage"),
    system_tables=frozenset(),
    default_schemas=words("public"),
    session_words=words(
        "current_user current_role current_account current_warehouse current_session current_database current_schema"
        " current_region current_client current_statement current_transaction current_version"
    ),
    system_columns=words(
        "metadata$filename metadata$file_row_number metadata$action metadata$isupdate metadata$row_id"
    ),
    has_json_arrows=False,
)
