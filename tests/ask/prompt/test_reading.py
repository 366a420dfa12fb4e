import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.prompt import read_sql
from core.errors import BeyondWriter, ModelFailed

QUERY = "SELECT name FROM customer WHERE city = 'Seoul; Busan' -- both; really\nORDER BY name"


@pytest.mark.parametrize(
    "answer",
    [
        QUERY,
        f"  {QUERY}\n\n",
        f"{QUERY};",
        f"```sql\n{QUERY}\n```",
        f"```\n{QUERY};\n```",
        f"```SQL\n{QUERY}",
        f"Here is the query:\n```sql\n{QUERY}\n```\nIt lists the customers.",
        f"Here is the query:\n{QUERY}",
        f"Use the following query:\n\n{QUERY};\n\nIt lists the customers.",
        f"{QUERY}\n\nThis query lists all customers.",
        f"{QUERY};\n-- done",
        f"`{QUERY}`",
        f"``{QUERY};``",
        f"```postgresql {QUERY}```",
        f"```postgres\n{QUERY}\n```\nIt lists the customers.",
        f"```T-SQL\n{QUERY}\n```",
        f"Here is the query: {QUERY}",
        f"SQL: {QUERY};",
        f"{QUERY}\nThis query lists all customers.",
        f"```sql\n{QUERY}\n```\nwhich gives\n```\nname\n----\nKim\n```",
        f"```sql\n{QUERY}\n```\nAgain:\n```sql\n{QUERY}\n```",
        f"<think>\nFirst SELECT 1; no, ```sql\nSELECT 2\n``` is wrong.\n</think>\n\n{QUERY}",
        f"<thinking>They want names.</thinking>\n```sql\n{QUERY}\n```",
        f"<think></think> <think>again</think>{QUERY}",
        f"They want names.\nSELECT 1?\n</think>\n\n{QUERY}",
    ],
)
def test_the_query_is_found(answer: str) -> None:
    assert read_sql(answer) == QUERY


@pytest.mark.parametrize(
    "query",
    [
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select * from n",
        "(SELECT 1) UNION (SELECT 2)",
        "SELECT ';' AS a, \";\" AS b, `;` AS c /* ; */ FROM t",
        "SELECT '```' AS fence",
        "SELECT `a b` FROM `t` ORDER BY `a b`",
        "SELECT '</think>' AS tag, '<think>' AS other",
        "SELECT a FROM t -- note: SELECT is read\nWHERE b = 'x: SELECT'",
        "select\n\nname\n\nfrom customer",
    ],
)
def test_queries_come_back_unchanged(query: str) -> None:
    assert read_sql(query) == query


@pytest.mark.parametrize("statement", ["DELETE FROM customer", "DROP TABLE customer", "UPDATE customer SET name = 'x'"])
def test_a_statement_that_is_no_query_is_left_to_the_guard(statement: str) -> None:
    assert read_sql(f"{statement};") == statement


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n",
        ";",
        "```sql\n```",
        "I am sorry, I cannot help with that.",
        "죄송하지만 답할 수 없습니다.",
        "Choose whatever you like.",
        "With pleasure! What do you want to know?",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE customer",
        "SELECT 1;\n\nWITH a AS (SELECT 2) SELECT * FROM a;",
        "```sql\nSELECT 1\n```\nor\n```sql\nSELECT 2\n```",
        "SELECT " + "1, " * 10_000 + "1",
        "42",
        '{"sql": 1}',
        '{\n  "sql": "SELECT 1"\n}',
        "<p>SELECT 1</p>",
        "You can choose: select whatever you like",
        "<think>I never come to an end. SELECT 1",
        "<think>SELECT 1</think>",
        "```sql\nSELECT 1\n```\nor\n```\nDROP TABLE customer\n```",
    ],
)
def test_nonsense_is_said_to_be_nonsense(answer: str) -> None:
    with pytest.raises(ModelFailed) as raised:
        read_sql(answer)
    assert raised.value.code == "model.nonsense"
    assert raised.value.details == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("-- NO: there are no salaries in the data", "there are no salaries in the data"),
        ("```sql\n-- NO: no such table\n```", "no such table"),
        ("NO: 급여 정보가 없습니다", "급여 정보가 없습니다"),
        ("-- no:", ""),
        ("<think>SELECT 1?</think>\n-- NO: no salaries", "no salaries"),
        ("I looked at every table.\n-- NO: no salaries", "no salaries"),
        ("-- NO: \u202eabc\x1b[31m\nDROP TABLE x", "abc [31m"),
        ("-- NO: " + "x" * 900, "x" * 200),
    ],
)
def test_a_refusal_carries_its_reason(answer: str, reason: str) -> None:
    with pytest.raises(BeyondWriter) as raised:
        read_sql(answer)
    assert raised.value.code == "writer.model_declined"
    assert raised.value.details == {"reason": reason}


@given(st.text(max_size=200))
def test_any_answer_ends_in_sql_or_a_clear_error(answer: str) -> None:
    try:
        assert read_sql(answer).strip()
    except (BeyondWriter, ModelFailed) as error:
        assert error.code in ("writer.model_declined", "model.nonsense")
