"""Measures linking and the prompt, and fails when they fall below what they must hold.

Run: `COLLOQUERY_SPIDER=<directory> python -m tests.bench.bench_linking`. The directory holds Spider's dev questions and
schemas and chinook.sqlite in the form that `tests/bench/spider.py` reads. Without it our own questions and speed are
measured.

In the warehouse every database is a schema of its own and its tables are written `database.table`, as they would have
to stand in a query; the tokens of these prefixes are part of the budget.
"""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from core.ask.linking import Linker
from core.ask.prompt import CEILING, build
from core.catalog import schema_file
from core.schema import Schema
from tests.bench import baselines, chinook, own_questions, schemas, spider

failed: list[str] = []


def must(what: str, holds: bool) -> None:
    """Print one requirement with its verdict and remember a failure."""
    print(f"  {'holds ' if holds else 'FAILS '} {what}")
    if not holds:
        failed.append(what)


def _kept(
    asked: list[spider.Asked], linker: Callable[[spider.Asked], Linker], budget: int, prefix: bool
) -> tuple[float, float, float]:
    """Share of questions with all gold tables kept, share of gold columns kept, tokens on average."""
    whole = gold = kept = tokens = 0
    for each in asked:
        linked = linker(each).link(each.text, budget)
        before = f"{each.db.lower()}." if prefix else ""
        tables = {table.id.lower() for table in linked.tables}
        columns = {(table.id.lower(), column.name.lower()) for table in linked.tables for column in table.columns}
        whole += {before + table for table in each.tables} <= tables
        wanted = {(before + table, column) for table, column in each.columns}
        gold += len(wanted)
        kept += len(wanted & columns)
        tokens += linked.tokens
    return 100 * whole / len(asked), 100 * kept / gold, tokens / len(asked)


def database_known(directory: Path) -> None:
    """Each question over its own database."""
    file = schema_file.read(directory / "spider_dev.schema.json")
    linkers = {name: Linker(file.schema(name)) for name in file.described}
    asked = spider.questions(directory)
    print(f"database known: {len(asked)} questions, {len(linkers)} databases")
    for budget in (350, 100, 60):
        tables, columns, tokens = _kept(asked, lambda each: linkers[each.db], budget, prefix=False)
        print(f"  budget {budget}: gold tables {tables:.1f} %, gold columns {columns:.1f} %, {tokens:.0f} tokens")
        if budget == 350:
            must("all gold tables of every question", tables == 100)
            must("at most 125 tokens on average", tokens <= 125)


def one_warehouse(directory: Path) -> None:
    """Every question over all databases at once."""
    schema = schema_file.read(directory / "spider_dev_all166.schema.json").merged()
    linker = Linker(schema)
    asked = spider.questions(directory)
    print(f"one warehouse: {len(schema.tables)} tables")
    for name, plain in (("BM25", baselines.PlainBm25(schema)), ("character 3-5-grams", baselines.PlainGrams(schema))):
        hits = sum(
            {f"{each.db.lower()}.{table}" for table in each.tables}
            <= {schema.tables[position].id.lower() for position in plain.first(each.text, 5)}
            for each in asked
        )
        print(f"  baseline {name} @5: gold tables {100 * hits / len(asked):.1f} %")
    for budget in (200, 350, 500):
        tables, columns, tokens = _kept(asked, lambda _: linker, budget, prefix=True)
        print(f"  budget {budget}: gold tables {tables:.1f} %, gold columns {columns:.1f} %, {tokens:.0f} tokens")
        if budget == 350:
            must("all gold tables of at least 93 % of the questions", tables >= 93)


def prompt_of_chinook(directory: Path) -> None:
    """Prompt and allowance for the answer, on a small shop."""
    linker = Linker(chinook.chinook(directory / "chinook.sqlite"))
    built = [build(question, linker, date(2026, 1, 15)).prompt for question in chinook.QUESTIONS]
    totals = [prompt.tokens + prompt.max_output for prompt in built]
    print(f"prompt on chinook: {len(totals)} questions, median {median(totals):.0f}, most {max(totals)} tokens, all in")
    must(f"never more than {CEILING} tokens", max(totals) <= CEILING)
    must("median at most 420 tokens", median(totals) <= 420)


def our_own() -> None:
    """Our own questions: each over its schema, over all of them at once, and with 200 made-up tables beside them.

    With and without the words that documentation adds to a third of the tables.
    """
    asked = own_questions.asked()
    many = {language: sum(each.language == language for each in asked) for language in ("ko", "en")}
    print(f"our own: {many['ko']} Korean and {many['en']} English questions, {len(own_questions.SCHEMAS)} schemas")
    for written in (False, True):
        words = "documented" if written else "names only"
        for place, tables, floors in own_questions.places(written):
            for budget, (korean, english) in floors.items():
                found = own_questions.recall(asked, tables, budget)
                print(f"  {place}, {words}, budget {budget}: Korean {found['ko']:.1f} %, English {found['en']:.1f} %")
                must(f"at least {korean} % and {english} %", found["ko"] >= korean and found["en"] >= english)


def _times(schema: Schema) -> tuple[float, list[float], list[float]]:
    """Seconds to build; milliseconds of every question, of this thread alone and by the clock."""
    start = perf_counter()
    linker = Linker(schema)
    built = perf_counter() - start
    linker.link("a first question", 300)
    own: list[float] = []
    clock: list[float] = []
    for question in schemas.asked(100):
        start, own_start = perf_counter(), thread_time()
        linker.link(question, 300)
        own.append(1_000 * (thread_time() - own_start))
        clock.append(1_000 * (perf_counter() - start))
    return built, own, clock


def speed() -> None:
    """Milliseconds a question, each asked once, on schemas that are made up.

    Judged by the thread's own time, so that what else the machine does changes nothing; the clock is printed too.
    """
    for tables, allowed in ((1_000, 5.0), (10_000, 50.0)):
        built, own, clock = _times(schemas.made_up(tables))
        print(
            f"{tables:,} tables: built in {built:.2f} s, median {median(own):.1f} ms, p95 {sorted(own)[94]:.1f} ms "
            f"(by the clock {median(clock):.1f} ms)"
        )
        must(f"median at most {allowed:.0f} ms", median(own) <= allowed)


def main() -> int:
    """Run everything that can be run here."""
    directory = os.environ.get("COLLOQUERY_SPIDER")
    if directory:
        database_known(Path(directory))
        one_warehouse(Path(directory))
        prompt_of_chinook(Path(directory))
    else:
        print("COLLOQUERY_SPIDER is not set: only our own questions and speed are measured")
    our_own()
    speed()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
