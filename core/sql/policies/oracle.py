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
        FormatJson TableSample OverflowTruncateBehavior Pseudocolumn JSON
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
        AddMonths DateStrToDate DateTrunc Extract LastDay Localtimestamp MonthsBetween NextDay StrToDate
        StrToTime Systimestamp ToChar ToNumber TimeToStr Contains
        """
    ),
    names=words(
        """
        SOME ASCIISTR BIN_TO_NUM BITAND EVERY FROM_TZ GROUP_ID INSTRB JSON_QUERY LENGTHB LNNVL NEW_TIME
        NUMTODSINTERVAL NUMTOYMINTERVAL ORA_HASH RATIO_TO_REPORT REMAINDER STATS_MODE SUBSTRB SYS_CONNECT_BY_PATH
        SYS_EXTRACT_UTC TO_BINARY_DOUBLE TO_BINARY_FLOAT TO_CLOB TO_DSINTERVAL TO_YMINTERVAL TO_SINGLE_BYTE
        TO_MULTI_BYTE TO_TIMESTAMP_TZ SCORE UNISTR NLS_UPPER NLS_LOWER NLS_INITCAP NLSSORT COMPOSE DECOMPOSE
        RAWTOHEX HEXTORAW TO_NCHAR TRUNC TZ_OFFSET VALIDATE_CONVERSION VSIZE BIT_AND_AGG BIT_OR_AGG BIT_XOR_AGG
        """
    ),
    types=TYPES | words("TIMESTAMPLTZ VARBINARY"),
    has_json_arrows=False,
    system_schemas=words(
        "sys system sysman dbsnmp outln xdb mdsys ctxsys ordsys wmsys lbacsys dvsys audsys gsmadmin_internal"
        " apex_public_user appqossys dbsfwuser ojvmsys olapsys remote_scheduler_agent flows_files apex_listener"
        " apex_rest_public_user ords_metadata ords_public_user sysbackup sysdg syskm sysrac sys$umf dip oracle_ocm"
        " gsmuser gsmcatuser xs$null si_informtn_schema ordplugins orddata mddata spatial_csw_admin_usr owbsys dvf"
        " ggsys ctxapp exfsys mgmt_view anonymous lbac_sys c##dbaas_monitor apex_040200 apex_050000 apex_050100"
        " apex_180100 apex_180200 apex_190100 apex_190200 apex_200100 apex_200200 apex_210100 apex_210200 apex_220100"
        " apex_220200 apex_230100 apex_230200 apex_240100 apex_240200"
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
        recyclebin user_catalog user_password_limits user_audit_trail user_advisor_actions user_advisor_findings
        user_advisor_log user_advisor_tasks user_all_tables user_aq_agent_privs user_ash user_association
        user_attribute_dimensions user_audit_object user_audit_policies user_audit_session user_audit_statement
        user_autotask user_base_table_mviews user_change_notification_regs user_clu_columns user_clusters
        user_coll_types user_constraint_columns user_credentials user_cubes user_datapump_jobs user_db_link_sources
        user_dimensions user_directories user_editions user_encrypted_columns user_external_locations
        user_external_tables user_file_groups user_goldengate_privileges user_hierarchies user_histograms
        user_identifiers
        user_ilmpolicies user_ind_expressions user_ind_partitions user_ind_statistics user_ind_subpartitions
        user_indextypes user_internal_triggers user_java_classes user_join_ind_columns user_json_columns
        user_json_collections user_libraries user_lob_partitions user_lobs user_log_groups user_measure_folders
        user_method_params user_method_results user_mining_models user_mview_logs user_nested_tables
        user_network_acl_privileges user_object_size user_object_tables user_objects_ae user_opancillary user_operators
        user_outlines user_part_col_statistics user_part_histograms user_part_indexes user_part_key_columns
        user_part_lobs user_part_tables user_plsql_object_settings user_policies user_policy_contexts user_policy_groups
        user_private_temp_tables user_proxies user_queue_schedules user_queue_subscribers user_queue_tables user_queues
        user_redefinition_errors user_refresh user_refs user_registered_mviews user_registry
        user_resource_groups user_resumable user_rewrite_equivalences user_role_grants user_rsrc_consumer_group_privs
        user_rsrc_manager_system_privs user_rule_sets user_rules user_scheduler_chains user_scheduler_credentials
        user_scheduler_destinations user_scheduler_job_args user_scheduler_job_log user_scheduler_job_run_details
        user_scheduler_programs user_scheduler_running_jobs user_scheduler_schedules user_sdo_geom_metadata
        user_sdo_index_info user_sdo_index_metadata user_sec_relevant_cols user_secondary_objects
        user_snapshot_logs user_snapshots user_source_ae user_sqlset user_sqlset_statements user_sqltune_plans
        user_stat_extensions user_statements user_stored_settings user_subpart_key_columns user_subpartition_templates
        user_subscr_registrations user_tab_col_statistics user_tab_histograms user_tab_identity_cols
        user_tab_modifications user_tab_partitions user_tab_pending_stats user_tab_privs_made user_tab_privs_recd
        user_tab_statistics user_tab_stats_history user_tab_subpartitions user_tables_ae user_transformations
        user_trigger_cols user_tsm_source user_tune_mview user_type_attrs user_type_methods user_type_versions
        user_unused_col_tabs user_updatable_columns user_users_with_defpwd user_ustats user_varrays user_views_ae
        user_xml_indexes user_xml_schemas user_xml_tab_cols user_xml_tables user_xml_views user_zonemaps
        user_col_privs_made user_col_privs_recd user_ctx_indexes ctx_user_indexes ctx_user_index_errors
        session_context database_properties product_component_version dict_columns tabs cols obj seq syn ind clu
        resource_cost table_privileges column_privileges audit_actions all_objects stmt_audit_option_map
        system_privilege_map table_privilege_map user_privilege_map resource_map resource_view path_view publicsyn
        role_privs nls_valid_values index_stats index_histogram exceptions chained_rows global_context
        user$ link$ obj$ tab$ col$ props$ user_history$ source$ aud$ fga_log$ sysauth$ objauth$ dependency$ trigger$
        con$ cdef$ ind$ seg$ file$ ts$ view$ job$ registry$ scheduler$_credential wwv_flow_file_objects$ profile$
        profname$ resource_map$ exppkgact$ streams$_apply_process
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
