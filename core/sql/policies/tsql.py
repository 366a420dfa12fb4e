"""What SQL Server may be asked.

T-SQL needs no semicolon between statements, so a word that begins one is refused wherever it stands outside of quotes.
"""

from core.sql.policies.common import FUNCTIONS, NODES, TYPES, Policy, words

TSQL = Policy(
    name="tsql",
    dialect="tsql",
    folds="any",
    nodes=NODES
    | words(
        """
        ILike Pivot ForClause QueryOption XMLKeyValueOption OpenJSON OpenJSONColumnDef TableSample Collate JSONValue
        """
    ),
    functions=FUNCTIONS
    | words(
        """
        Atan2 Cot Degrees Radians Pi Rand ApproxDistinct Collate Ascii Chr ConcatWs Left Right Repeat Reverse Soundex
        Space StrPosition Stuff Translate Unicode NumberToStr MD5 SHA SHA2 Convert TryCast GroupConcat Grouping
        GroupingId PercentileCont PercentileDisc Stddev JSONExtract JSONExtractScalar JSONObject OpenJSON
        GenerateSeries CurrentTimestampLTZ Contains DateAdd DateDiff DateFromParts Day Extract LastDay Month
        TimeFromParts TimeStrToTime TimeToStr TimestampFromParts TimestampTrunc TsOrDsToDate Year Uuid
        """
    ),
    names=words(
        """
        SOME APPROX_PERCENTILE_CONT APPROX_PERCENTILE_DISC BINARY_CHECKSUM BIT_COUNT CHECKSUM CHECKSUM_AGG
        FREETEXT LEFT_SHIFT RIGHT_SHIFT CHOOSE DATALENGTH
        DATETIME2FROMPARTS DATETIMEOFFSETFROMPARTS SMALLDATETIMEFROMPARTS
        DATE_BUCKET DIFFERENCE GETUTCDATE SYSUTCDATETIME HASHBYTES ISDATE ISJSON ISNUMERIC JSON_ARRAY JSON_PATH_EXISTS
        NCHAR PARSE TRY_PARSE TRY_CONVERT PATINDEX QUOTENAME STDEVP STR STRING_ESCAPE STRING_SPLIT SWITCHOFFSET
        TODATETIMEOFFSET VAR VARP SQUARE LOG10
        """
    ),
    types=TYPES
    | words("DATETIME DATETIME2 SMALLDATETIME MONEY SMALLMONEY UUID BIT BINARY VARBINARY TIMESTAMPLTZ UTINYINT"),
    has_json_arrows=False,
    system_schemas=words("sys information_schema guest db_owner db_accessadmin"),
    system_tables=words(
        """
        sysobjects syscolumns sysusers syslogins sysdatabases sysprocesses sysindexes syscomments sysfiles sysmembers
        syspermissions systypes sysservers sysconfigures sysmessages sysxlogins sysperfinfo sysaltfiles sysprotects
        spt_values sysdepends sysforeignkeys sysreferences sysconstraints sysindexkeys sysfilegroups sysfulltextcatalogs
        sysdevices sysremotelogins syslanguages syscharsets syslockinfo syscursors sysoledbusers sysopentapes
        syscurconfigs sysjobs sysjobsteps sysjobhistory sysjobservers sysschedules sysproxies sysmail_account
        sysmail_server sysmail_allitems sysssispackages sysdtspackages backupset backupmediafamily restorehistory
        """
    ),
    default_schemas=words("dbo"),
    session_words=words(
        "user current_user session_user system_user $identity $rowguid $action $partition identitycol rowguidcol"
    ),
    refused_words=words(
        """
        ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE DENY DISK
        DROP DUMP ERRLVL EXEC EXECUTE EXIT GO GOTO GRANT HOLDLOCK IDENTITY_INSERT IF INSERT INTO KILL LINENO LOAD
        MERGE NOCHECK OPENDATASOURCE OPENQUERY OPENROWSET OPENXML PRINT PROC PROCEDURE RAISERROR READTEXT RECONFIGURE
        REPLICATION RESTORE RETURN REVERT REVOKE ROLLBACK SAVE SET SETUSER SHUTDOWN STATISTICS TEXTSIZE THROW TRAN
        TRANSACTION TRIGGER TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT
        """
    ),
    reserved=words(
        """
        ADD ALL AND ANY AS ASC AUTHORIZATION BETWEEN BROWSE BY CASCADE CASE CHECK CLUSTERED COALESCE COLLATE COLUMN
        COMPUTE CONSTRAINT CONTAINS CONTAINSTABLE CONVERT CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP
        CURRENT_USER CURSOR DATABASE DEFAULT DESC DISTINCT DISTRIBUTED DOUBLE ELSE END ESCAPE EXCEPT EXISTS EXTERNAL
        FETCH FILE FILLFACTOR FOR FOREIGN FREETEXT FREETEXTTABLE FROM FULL FUNCTION GROUP HAVING IDENTITY IDENTITYCOL
        IN INDEX INNER INTERSECT IS JOIN KEY LEFT LIKE NATIONAL NONCLUSTERED NOT NULL NULLIF OF OFF OFFSETS ON OPEN
        OPTION OR ORDER OUTER OVER PERCENT PIVOT PLAN PRECISION PRIMARY PUBLIC READ REFERENCES RESTRICT RIGHT ROWCOUNT
        ROWGUIDCOL RULE SCHEMA SECURITYAUDIT SELECT SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYTABLE SESSION_USER SOME
        SYSTEM_USER TABLE TABLESAMPLE THEN TO TOP TRY_CONVERT TSEQUAL UNION UNIQUE UNPIVOT USER VALUES VARYING VIEW
        WHEN WHERE WITH WITHIN
        """
    ),
)
