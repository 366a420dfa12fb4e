"""`colloquery eval`: how many questions of a golden set are answered right, at what cost, in what time."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.terminal.here import console
from adapters.terminal.render import draw
from bot import yardstick
from bot.commands.common import default_language, run
from bot.demo import operator
from bot.settings import Settings, load
from bot.wiring import House
from core.errors import BadGoldenSet
from core.evaluation import runs
from core.evaluation.figures import Outcome, totals
from core.evaluation.golden import Golden, GoldenSet
from core.evaluation.reading import read_file
from core.evaluation.report import report
from core.evaluation.running import PLATFORM, Evaluation, Manner
from core.locale import say

_BELOW, _INTERRUPTED = 1, 130
"""Exit codes: the accuracy is below what was asked for; it was ended with Ctrl-C."""

Done = Callable[[Outcome], None]


def evaluate(
    file: Annotated[
        Path, typer.Argument(help="A golden set: ours as YAML or JSON lines, Spider's or BIRD's dev.json.")
    ],
    databases: Annotated[
        Path | None, typer.Option(help="Spider's or BIRD's folder of databases: name/name.sqlite for each.")
    ] = None,
    evidence: Annotated[bool, typer.Option(help="Put BIRD's hints to the questions.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Let no template answer.")] = False,
    any_column_order: Annotated[
        bool, typer.Option("--any-column-order", help="As Spider's own script: columns may be in any order.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask the first so many.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Ask this one; may be repeated.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=100, help="Questions at the same time.")] = 4,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long a question may take.")] = 180.0,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the run there, as JSON without rows.")] = None,
    against: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Show the difference to this earlier run.")
    ] = None,
    at_least: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit code 1 when the accuracy is below it, as 0.85.")
    ] = None,
    lang: Annotated[
        str, typer.Option("--language", "--lang", help="en or ko, of who asks; the terminal's own when absent.")
    ] = "",
) -> None:
    """Ask the questions of a golden set and compare the rows: execution accuracy, tokens, cost, time, failures."""
    language = lang or default_language()
    golden = read_file(file)
    questions = golden.chosen(only or [], limit)
    before = runs.read(against) if against is not None else None
    if out is not None and not out.absolute().parent.is_dir():
        raise BadGoldenSet("golden.not_written", file=out.name)  # before anything is asked, and paid for
    manner = Manner(
        concurrency=concurrency,
        seconds=seconds,
        fresh=fresh,
        evidence=evidence,
        any_column_order=any_column_order,
        guarded=golden.kind == "own",
    )
    outcomes, complete = _measured(golden, questions, databases, manner, language)
    ran = runs.Run(tuple(outcomes), complete, any_column_order, evidence)
    if out is not None:
        runs.write(ran, out)
    change = runs.difference(before, ran) if before is not None else None
    screen = console(sys.stdout)
    screen.print(draw(report(ran, len(questions), language, change), screen.width))
    if not complete:
        raise typer.Exit(_INTERRUPTED)
    if at_least is not None and totals(outcomes).accuracy < at_least:
        raise typer.Exit(_BELOW)


def _measured(
    golden: GoldenSet, questions: Sequence[Golden], databases: Path | None, manner: Manner, language: str
) -> tuple[list[Outcome], bool]:
    """What came of the questions, in the order of the set; whether all were asked."""
    outcomes: list[Outcome] = []
    complete = True
    with _house(golden, questions, databases, manner) as (settings, files), _progress(len(questions), language) as tick:

        def done(outcome: Outcome) -> None:
            outcomes.append(outcome)
            tick(outcome)

        async def work(house: House) -> None:
            await yardstick.connect(house, files, language)
            await Evaluation(house.service, house.road, operator(language), manner).run(questions, done)

        try:
            run(work, settings, doors={PLATFORM: None})
        except KeyboardInterrupt:
            complete = False
    places = {one.id: place for place, one in enumerate(questions)}
    return sorted(outcomes, key=lambda one: places[one.id]), complete


@contextmanager
def _house(
    golden: GoldenSet, questions: Sequence[Golden], databases: Path | None, manner: Manner
) -> Iterator[tuple[Settings, dict[str, Path]]]:
    """The settings of the house that is asked, and the databases to be added to it: for a set of our own the real one,
    for a yardstick one of its own."""
    settings = load()
    if golden.kind == "own":
        if databases is not None:
            raise BadGoldenSet("golden.databases_not_needed")
        yield settings.model_copy(update={"concurrency": manner.concurrency}), {}
        return
    if databases is None:
        raise BadGoldenSet("golden.no_databases")
    files = yardstick.files(databases, dict.fromkeys(one.connection for one in questions if one.connection))
    with TemporaryDirectory(prefix="colloquery-eval-") as directory:
        yield yardstick.settings_in(Path(directory), settings, manner.concurrency), files


@contextmanager
def _progress(planned: int, language: str) -> Iterator[Done]:
    """Told of each outcome; shows on a terminal how far it is, and elsewhere nothing."""
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=screen, transient=True)
    with bar if screen.is_terminal else nullcontext():
        task = bar.add_task("", total=planned)
        right = 0

        def tick(outcome: Outcome) -> None:
            nonlocal right
            right += outcome.right
            bar.update(task, advance=1, description=say(language, "evaluation.progress", right=right))

        yield tick
