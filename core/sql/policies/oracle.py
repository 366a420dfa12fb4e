"""What Oracle may be asked."""

from core.sql.policies.common import FUNCTIONS, NODES, TYPES, Policy, words

ORACLE = Policy(
    name="oracle",
    dialect="oracle",
    folds="upper",
    nodes=NODES
    | words(
        """
        ILike RawString Connect Prior Pivot PivotAlias JSONValue JSONTable JSONSchema JSONColumnDef OnCondition
        FormatJson TableSample OverflowTruncateBehavior Pseudocolumn
        """
    ),
    functions=FUNCTIONS
    | words(
        """
        Atan2 Cosh Sinh Tanh Nanvl Trunc WidthBucket AnyValue ApproxDistinct ConnectByRoot Ascii Chr Decode DecodeCase
        GroupConcat Initcap Nvl2 Pad Soundex StrPosition Translate StandardHash Corr CovarPop CovarSamp Grouping
        GroupingId Median NthValue Rand PercentileCont PercentileDisc RegrAvgx RegrAvgy RegrCount RegrIntercept RegrR2
        RegrSlope RegrSxx RegrSxy RegrSyy Stddev StddevPop StddevSamp Variance VariancePop RegexpCount RegexpInstr
        RegexpLike RegexpReplace RegexpSubstr JSONArray JSONArrayAgg JSONExists JSONObject JSONObjectAgg JSONTable
        AddMonths DateStrToDate DateTrunc TimeStrToTime Extract LastDay Localtimestamp MonthsBetween NextDay StrToDate
        StrToTime Systimestamp ToChar ToNumber TimeToStr
        """
    ),
    names=words(
        """
        SOME ASCIISTR BIN_TO_NUM BITAND EVERY FROM_TZ GROUP_ID INSTRB JSON_QUERY LENGTHB LNNVL NEW_TIME
        NUMTODSINTERVAL NUMTOYMINTERVAL ORA_HASH RATIO_TO_REPORT REMAINDER STATS_MODE SUBSTRB SYS_CONNECT_BY_PATH
        SYS_EXTRACT_UTC TO_BINARY_DOUBLE TO_BINARY_FLOAT TO_CLOB TO_DSINTERVAL TO_YMINTERVAL TO_SINGLE_BYTE
        TO_MULTI_BYTE TO_TIMESTAMP_TZ TRUNC TZ_OFFSET VALIDATE_CONVERSION VSIZE BIT_AND_AGG BIT_OR_AGG BIT_XOR_AGG
        """
    ),
    types=TYPES | words("TIMESTAMPLTZ VARBINARY"),
    has_json_arrows=False,
    system_schemas=words(
        "sys system sysman dbsnmp outln xdb mdsys ctxsys ordsys wmsys lbacsys dvsys audsys gsmadmin_internal"
        " apex_public_user appqossys dbsfwuser ojvmsys olapsys remote_scheduler_agent"
    ),
    system_tables=words(
        """
        dict dictionary tab cat col session_privs session_roles role_tab_privs role_sys_privs role_role_privs
        nls_session_parameters nls_database_parameters nls_instance_parameters global_name plan_table user_tables
        user_users user_objects user_source user_tab_columns user_tab_cols user_views user_constraints
        user_cons_columns user_indexes user_ind_columns user_sequences user_triggers user_synonyms user_procedures
        user_arguments user_db_links user_jobs user_scheduler_jobs user_role_privs user_sys_privs user_tab_privs
        user_col_privs user_tablespaces user_segments user_extents user_mviews user_types user_errors
        user_tab_comments user_col_comments user_dependencies user_free_space user_ts_quotas user_recyclebin
        recyclebin user_catalog user_password_limits user_audit_trail
        """
    ),
    system_prefixes=("all_", "dba_", "cdb_", "v$", "gv$", "v_$", "gv_$", "x$", "sys_", "aux_stats$"),
    catalog_may_know_system_names=True,
    pseudo_tables=words("dual"),
    pseudo_columns=words("rowid rownum level connect_by_isleaf connect_by_iscycle"),
    bare_names=words("sysdate systimestamp current_date current_timestamp localtimestamp rownum level"),
    session_words=words(
        "user userenv sessiontimezone dbtimezone ora_invoking_user ora_invoking_userid nextval currval"
    ),
    system_columns=words("ora_rowscn nextval currval"),
)
