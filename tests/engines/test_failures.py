"""What of a driver's text may go on: a name that the query itself has, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.failures import NAMED, failed, first_match, first_token, token_at, told
from core.engines.postgresql import REFUSALS
from core.engines.registry import ENGINES, engine
from core.errors import DatabaseUnavailable, QueryFailed
from core.sql.policies import POLICIES

SQL = "SELECT o.\"Total Sum\", `c`.이름 FROM shop.orders o WHERE x = 'y'"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", "orders"),
        ("ORDERS", "ORDERS"),
        ("shop.orders", "shop.orders"),
        ("company.shop.orders", "shop.orders"),
        ('"Total Sum"', "Total Sum"),
        ("`c`.`이름`", "c.이름"),
        ("10.0.0.7", ""),
        ("kim@example.com", ""),
        ("", ""),
    ],
)
def test_a_name_must_be_in_the_query(name: str, expected: str) -> None:
    assert told(SQL, name) == expected


@given(st.text(max_size=40))
def test_nothing_comes_out_that_is_not_in_the_query(name: str) -> None:
    found = told(SQL, name)
    assert found.casefold() in SQL.replace('"', "").replace("`", "").casefold()


def test_tokens() -> None:
    assert token_at(SQL, SQL.index("shop")) == "shop.orders"
    assert token_at(SQL, SQL.index('"Total')) == "Total Sum"
    assert token_at(SQL, SQL.index("이름")) == "이름"
    assert token_at(SQL, len(SQL)) == ""
    assert token_at(SQL, -1) == ""
    assert first_token("  FROM x") == "FROM"
    assert first_token("") == ""


def test_codes_and_their_details() -> None:
    assert isinstance(failed("database.tls"), DatabaseUnavailable)
    for code in NAMED:
        assert (failed(code, "x").code, failed(code, "x").details) == (code, {"name": "x"})
        assert (failed(code).code, failed(code).details) == ("query.failed", {})
    assert failed("query.syntax", "x").details == {"near": "x"}
    assert failed("query.syntax").code == "query.incomplete"
    assert failed("query.too_slow", "x", seconds=30.0).details == {"seconds": "30"}
    assert isinstance(failed("query.locked", "x"), QueryFailed)
    assert failed("query.locked", "x").details == {}


def test_the_first_pattern_that_fits() -> None:
    patterns = {"query.no_such_table": r"no table (\w+)|no view (\w+)", "query.failed": r"no"}
    assert first_match(patterns, "There is NO VIEW a") == ("query.no_such_table", "a")
    assert first_match(patterns, "no idea") == ("query.failed", "")
    assert first_match(patterns, "yes") is None


def test_every_kind_has_its_engine() -> None:
    for kind in ENGINES:
        found = engine(kind)
        assert found.kind == kind
        assert found.dialect in {policy.dialect for policy in POLICIES.values()}
    with pytest.raises(KeyError):
        engine("access")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('FATAL:  password authentication failed for user "x"', "database.sign_in"),
        ('치명적오류:  사용자 "x"의 password 인증을 실패했습니다', "database.sign_in"),
        ('FATAL:  role "x" does not exist', "database.sign_in"),
        ('치명적오류:  "x" 롤(role) 없음', "database.sign_in"),
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "x", database "y", SSL off', "database.sign_in"),
        ('FATAL:  database "x" does not exist', "database.unknown_database"),
        ('치명적오류:  "x" 데이터베이스 없음', "database.unknown_database"),
        ("FATAL:  sorry, too many clients already", "database.too_many_connections"),
        ("FATAL:  remaining connection slots are reserved", "database.too_many_connections"),
        ("SSL error: certificate verify failed", "database.tls"),
        ("FATAL:  the database system is starting up", "database.refused"),
        ("received invalid response to SSL negotiation: H", None),
        ("connection refused", None),
    ],
)
def test_how_postgresql_refuses_a_sign_in(text: str, code: str | None) -> None:
    found = first_match(REFUSALS, text)
    assert (found[0] if found else None) == code
