"""A shorter absence, on MariaDB: the same holds, and whoever stops the process meanwhile can."""

import signal
import time
from pathlib import Path

from tests.faults.line import Line, port_of, through
from tests.faults.scene import BACK_WITHIN, is_whole, slow_model, under_way, until_answered
from tests.faults.served import is_readable, refusal, served, until


def test_mariadb_away_shortly_and_stopped_meanwhile(tmp_path: Path, mariadb_database: str) -> None:
    with (
        Line(port_of(mariadb_database, 3306)) as line,
        slow_model(2, hangs_at=3) as model,
        served(tmp_path, through(line, mariadb_database), model, COLLOQUERY_CONCURRENCY="1") as one,
    ):
        before = under_way(one, model)
        since, told = time.monotonic(), len(one.said())
        line.cut()
        until(lambda: one.ready() == (503, "store.unreachable"), "it says that it is not ready")
        refusal(one.ask("during"), "store.unreachable")
        until(lambda: "a question waits for the store" in one.said(), "the model's answer cannot be stored")
        assert one.healthy()
        line.mend()
        until(lambda: one.ready() == (200, "ok"), "it is ready again", BACK_WITHIN)
        until_answered(one, before)
        one.accepted("last")
        until(lambda: len(model.completions) == 4, "the model is asked once more")
        line.cut()
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(timeout=30) == 0
        assert "questions not handed back" in one.said()
        is_readable(one.said()[told:], ("127.0.0.1", str(line.port)), time.monotonic() - since)
    # It was not answered and it is not lost: its lease passes, and whoever serves then takes it up.
    is_whole(mariadb_database, questions=3, left=1)
