"""`colloquery catalog link`, over files of schemas and a live connection."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.commands.catalog_link import link
from core.catalog import schema_file
from core.errors import BadConnection
from core.schema import ForeignKey

ROOT = Path(__file__).parents[2]

FILE: dict[str, Any] = {
    "shop": {
        "tables": {
            "customer": [["id", "number", True, "", []], ["name", "text", False, None, None],
                         ["city", "text", False, "where they live", ["Seoul", "Busan", None, 7]]],
            "orders": [["id", "number", 1, "", []], ["customer_id", "number", 0, "", []], ["total", "number"]],
        },
        "fks": [["orders", "customer_id", "customer", "id"], ["orders", "customer_id", "gone", "id"]],
    },
    "gym": {"tables": {"visit": [["day", "date", True, "", []], ["member", "text", True, "", [1, 2.5]]]}, "fks": []},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "schemas.json"
    path.write_text(json.dumps(FILE), encoding="utf-8")
    return path


def run(*arguments: str | Path, stdin: str = "") -> tuple[int, list[dict[str, Any]], BaseException | None]:
    """Exit code, the objects printed, and what was raised."""
    app = typer.Typer()
    app.command("link")(link)
    ran = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)
    return ran.exit_code, [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")], ran.exception


def test_a_question_gets_its_tables_columns_values_and_text(file: Path) -> None:
    code, (found,), _ = run("--schema", file, "--db", "shop", "--question", "order totals of customers in seoul")
    assert code == 0
    assert list(found) == ["question", "db", "tables", "columns", "values", "glossary", "text", "tokens", "whole"]
    assert (found["question"], found["db"]) == ("order totals of customers in seoul", "shop")
    assert sorted(found["tables"]) == ["customer", "orders"]
    assert ["orders", "total"] in found["columns"]
    assert found["values"] == [["customer", "city", "Seoul", "seoul"]]
    assert "customer_id->customer.id" in found["text"]
    assert 0 < found["tokens"] <= 350
    assert found["whole"] is True


def test_the_budget_is_kept(file: Path) -> None:
    _, (found,), _ = run("--schema", file, "--db", "shop", "-q", "how many customers", "--budget", "8")
    assert found["tokens"] <= 12
    assert found["whole"] is False


def test_lines_of_text_and_of_json_and_each_its_own_database(file: Path) -> None:
    lines = ['{"question": "visits a day", "db": "gym"}', "", '{"question": "고객 도시", "db": "shop", "sql": 1}']
    code, found, _ = run("--schema", file, "-", stdin="\n".join(lines))
    assert code == 0
    assert [each["tables"][0] for each in found] == ["visit", "customer"]
    code, found, _ = run("--schema", file, "--db", "gym", stdin="how many visits\nwhich members\n")
    assert (code, [each["question"] for each in found]) == (0, ["how many visits", "which members"])


def test_an_array_of_questions(file: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps([{"question": "members", "db": "gym"}, {"question": "orders", "db": "shop"}], indent=1))
    code, found, _ = run("--schema", file, asked)
    assert (code, [each["db"] for each in found]) == (0, ["gym", "shop"])


def test_all_databases_as_one_warehouse(file: Path) -> None:
    code, found, _ = run("--schema", file, "--merged", "-q", "visits of each member and orders of each customer")
    assert code == 0
    assert sorted(found[0]["tables"]) == ["gym.visit", "shop.customer", "shop.orders"]
    assert "shop.orders(id*, customer_id->customer.id" in found[0]["text"]


def test_a_hint_is_read_with_its_question(file: Path) -> None:
    line = json.dumps({"question": "how much?", "db": "shop", "evidence": "refers to orders.total"})
    _, (found,), _ = run("--schema", file, "--budget", "14", stdin=line)
    assert found["tables"] == ["orders"]
    assert ["orders", "total"] in found["columns"]
    assert found["question"] == "how much?"


def test_what_cannot_be_read_is_answered_and_the_rest_goes_on(file: Path) -> None:
    lines = [
        "{not json",
        '{"db": "gym"}',
        '{"question": "x", "db": "nowhere"}',
        "no database",
        '{"question": "visits", "db": "gym"}',
    ]
    code, found, _ = run("--schema", file, stdin="\n".join(lines))
    assert code == 1
    assert [each.get("error") for each in found] == [
        "unreadable", "unreadable", "catalog.unknown_database", "catalog.no_database", None,
    ]  # fmt: skip
    assert found[-1]["tables"] == ["visit"]
    assert run("--schema", file, stdin='[{"question": ')[:2] == (1, [{"error": "unreadable"}])
    assert run("--schema", file, "--db", "gym", stdin="")[:2] == (0, [])


@pytest.mark.parametrize(
    "options",
    [[], ["--schema", "FILE", "--connection", "x"], ["--connection", "x", "--merged"],
     ["--schema", "FILE", "--db", "gym", "--merged"], ["--schema", "FILE", "--dialect", "dbase"],
     ["--schema", "FILE", "--budget", "0"]],
)  # fmt: skip
def test_options_that_do_not_go_together(file: Path, options: list[str]) -> None:
    code, found, _ = run(*(str(file) if each == "FILE" else each for each in options), "-q", "x")
    assert (code, found) == (2, [])


def test_an_unknown_database_is_told_at_once(file: Path) -> None:
    _, found, error = run("--schema", file, "--db", "nowhere", "-q", "x")
    assert found == []
    assert isinstance(error, BadConnection)
    assert error.code == "catalog.unknown_database"


@pytest.mark.parametrize(
    ("content", "place"),
    [("{", "JSON"), ("[]", "JSON"), ('{"a": []}', "a.tables"), ('{"a": {"tables": {"t": {}}}}', "a.t"),
     ('{"a": {"tables": {"t": [["only a name"]]}}}', "a.t"), ('{"a": {"tables": {"t": [[1, "text"]]}}}', "a.t"),
     ('{"a": {"tables": {}, "fks": {}}}', "a.fks"), ('{"a": {"tables": {}, "fks": [["t"]]}}', "a.fks"),
     ("[" * 100_000, "JSON")],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str, place: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(BadConnection) as raised:
        schema_file.read(path).schema("a")
    assert raised.value.code == "catalog.bad_file"
    assert raised.value.details == {"file": "bad.json", "place": place}


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadConnection) as raised:
        schema_file.read(tmp_path / "gone.json")
    assert raised.value.code == "catalog.no_file"


def test_a_file_becomes_schemas(file: Path) -> None:
    shop = schema_file.read(file).schema("shop")
    customer, orders = shop.tables
    assert shop.dialect == "sqlite"
    assert (customer.primary_key, [column.type for column in orders.columns]) == (("id",), ["number"] * 3)
    assert customer.columns[1].comment == ""
    assert orders.foreign_keys == (ForeignKey(("customer_id",), "customer", ("id",)),)
    assert [each.values for each in shop.values] == [("Seoul", "Busan", "7")]
    merged = schema_file.read(file, "postgres").merged()
    assert (merged.dialect, [table.id for table in merged.tables]) == (
        "postgres", ["shop.customer", "shop.orders", "gym.visit"],
    )  # fmt: skip
    assert merged.tables[1].foreign_keys[0].ref_table == "shop.customer"
    assert merged.tables[2].primary_key == ("day", "member")
    assert {each.table for each in merged.values} == {"shop.customer", "gym.visit"}


def test_keys_in_another_case_or_without_a_column_and_columns_listed_twice(tmp_path: Path) -> None:
    described = {
        "a": {
            "dialect": "mysql",
            "tables": {
                "Person": [["ID", "int", True], ["id", "int", False], ["ID", "text", False]],
                "pet": [["owner", "int", False], ["tag", "int", False]],
            },
            "fks": [["PET", "Owner", "person", "ID"], ["pet", "tag", "Person", None], ["pet", "none", "Person", "ID"]],
        }
    }
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(described))
    schema = schema_file.read(path).schema("a")
    assert schema.dialect == "mysql"
    assert [column.name for column in schema.tables[0].columns] == ["ID", "id"]
    assert schema.tables[1].foreign_keys == (
        ForeignKey(("owner",), "Person", ("ID",)), ForeignKey(("tag",), "Person", ("ID",)),
    )  # fmt: skip


def test_thousands_of_lines_take_seconds_and_no_model_client(file: Path) -> None:
    program = (
        "import sys, typer\nfrom bot.commands.catalog_link import link\napp = typer.Typer()\n"
        "app.command('link')(link)\napp(standalone_mode=False)\nassert 'openai' not in sys.modules\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "--schema", str(file), "--db", "shop"],
        input="\n".join(f"orders of customer {number}" for number in range(3_000)),
        cwd=file.parent,
        env={"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert len(ran.stdout.splitlines()) == 3_000
    assert [path.name for path in file.parent.iterdir()] == ["schemas.json"]


def test_a_live_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.commands import colloquery

    assert colloquery(tmp_path, "demo").returncode == 0
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "COLLOQUERY_DATA_DIR", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    code, found, error = run("--connection", "demo", "-q", "how many customers in each city")
    assert code == 0, error
    assert "customers" in found[0]["tables"]
    assert "customers(" in found[0]["text"]
