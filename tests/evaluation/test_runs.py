from decimal import Decimal
from pathlib import Path

import pytest

from core.chat import Facts, Notice, Reply, Table, Text
from core.errors import BadGoldenSet
from core.evaluation import runs
from core.evaluation.figures import Failures, Outcome, by, failures, totals, writers
from core.evaluation.report import report
from core.evaluation.runs import Run, difference
from core.locale import LANGUAGES

RIGHT = Outcome("a", "right", same_set=True, connection="shop", model="m", sql="SELECT 1", prompt_tokens=100,
                completion_tokens=20, cost=Decimal("0.0001"), seconds=1.0)  # fmt: skip
WRONG = Outcome("b", "wrong_rows", same_set=True, connection="shop", model="m", prompt_tokens=50, seconds=3.0)
FAILED = Outcome("c", "error", "query.failed", connection="music", model="built-in", seconds=2.0)
NOT_ASKED = Outcome("d", "gold_failed", "connection.unknown", connection="music")
ALL = (RIGHT, WRONG, FAILED, NOT_ASKED)


def test_the_figures() -> None:
    found = totals(ALL)
    assert (found.questions, found.right, found.accuracy) == (4, 1, 0.25)
    assert (found.same_set, found.set_accuracy) == (2, 0.5)
    assert (found.prompt_tokens, found.completion_tokens, found.cost) == (150, 20, Decimal("0.0001"))
    assert (found.median, found.p95) == (2.0, 3.0)  # what was not asked took no time
    assert [(name, one.questions, one.right) for name, one in by(ALL, "connection")] == [
        ("shop", 2, 1),
        ("music", 2, 0),
    ]
    assert writers(ALL) == (("m", 2), ("built-in", 1))
    assert totals(()).accuracy == 0


def test_ninety_five_of_a_hundred_were_as_fast() -> None:
    found = totals([Outcome(str(n), "right", seconds=float(n)) for n in range(1, 101)])
    assert (found.median, found.p95) == (50.5, 95.0)


def test_failures_by_kind_the_most_frequent_first() -> None:
    more = Outcome("e", "error", "query.failed")
    assert failures([*ALL, more])[0] == Failures("error", "query.failed", ("c", "e"))
    assert {(one.verdict, one.code) for one in failures(ALL)} == {
        ("wrong_rows", ""), ("error", "query.failed"), ("gold_failed", "connection.unknown"),
    }  # fmt: skip


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    run = Run(ALL, complete=False, any_column_order=True, evidence=False)
    runs.write(run, tmp_path / "run.json")
    assert runs.read(tmp_path / "run.json") == run
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"questions": []}')
    assert runs.read(tmp_path / "other.json") == Run(())
    for text in ("{", "[]", '{"questions": [{"id": 1}]}', '{"questions": [], "version": 2}'):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(BadGoldenSet) as raised:
            runs.read(tmp_path / "other.json")
        assert raised.value.code == "golden.no_run"
    with pytest.raises(BadGoldenSet) as raised:
        runs.read(tmp_path / "missing.json")
    assert raised.value.code == "golden.unreadable"
    with pytest.raises(BadGoldenSet) as raised:
        runs.write(Run(()), tmp_path / "nowhere" / "run.json")
    assert raised.value.code == "golden.not_written"


def test_the_difference_of_two_runs_is_by_the_questions_of_both() -> None:
    before = Run((Outcome("a", "wrong_rows"), Outcome("b", "right"), Outcome("c", "error"), Outcome("gone", "right")))
    change = difference(before, Run((RIGHT, WRONG, FAILED, NOT_ASKED)))
    assert (change.better, change.worse) == (("a",), ("b",))
    assert (change.only_now, change.only_before) == (1, 1)
    assert (change.before.questions, change.now.questions) == (3, 3)
    assert (change.before.right, change.now.right) == (1, 1)
    assert change.alike
    assert not difference(before, Run(ALL, any_column_order=True)).alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_is_told_in_both_languages(language: str) -> None:
    run = Run(ALL)
    told = report(run, 4, language, difference(Run((Outcome("a", "right"), Outcome("b", "right"))), run))
    tables = [part for part in told.parts if isinstance(part, Table)]
    assert len(tables) == 3  # failures, by connection, beside the earlier one; the difficulty is the same everywhere
    assert [row[1:4] for row in tables[0].rows] == [
        (None, 1, "b"),
        ("query.failed", 1, "c"),
        ("connection.unknown", 1, "d"),
    ]
    assert [row[0] for row in tables[1].rows] == ["shop", "music"]
    assert tables[2].rows[0][1:] == ("100.0%", "50.0%", "-50.0")
    assert tables[2].rows[1][1:] == ("2", "1", "-1")
    facts = {fact.key: fact.value for part in told.parts if isinstance(part, Facts) for fact in part.items}
    assert facts["as_bird"].startswith("50.0%")
    assert facts["worse"] == "1: b"
    assert "better" not in facts
    assert "25.0%" in told.plain
    is_korean = any("가" <= sign <= "힣" for sign in told.plain)
    assert is_korean == (language == "ko")


def test_bird_is_named_only_where_it_says_something_else() -> None:
    def keys(reply: Reply) -> set[str]:
        return {fact.key for part in reply.parts if isinstance(part, Facts) for fact in part.items}

    assert "as_bird" not in keys(report(Run((RIGHT,)), 1, "en"))
    assert "as_bird" in keys(report(Run((RIGHT, WRONG)), 2, "en"))


def test_a_part_says_that_it_is_one() -> None:
    told = report(Run((RIGHT,), complete=False), 1_034, "en")
    assert isinstance(told.parts[0], Notice)
    assert "after 1 of 1,034 questions" in told.parts[0].text
    nothing = report(Run((), complete=False), 3, "en")
    assert not [part for part in nothing.parts if isinstance(part, Text)]


def test_many_ids_are_counted() -> None:
    told = report(Run(tuple(Outcome(str(n), "late") for n in range(30))), 30, "en")
    (table,) = [part for part in told.parts if isinstance(part, Table)]
    assert str(table.rows[0][3]).endswith("and 25 more")
