"""The server of the store is away for 30 seconds, or silent: it says so, recovers by itself, loses nothing accepted."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.line import Line, port_of, through
from tests.faults.scene import BACK_WITHIN, is_whole, slow_model, under_way, until_answered
from tests.faults.served import is_readable, refusal, served, until

AWAY, SILENT = 30.0, 12.0
PASSWORD = "canary-of-the-store"


def test_postgresql_away_for_thirty_seconds(tmp_path: Path, postgres_database: str) -> None:
    with (
        Line(port_of(postgres_database, 5432)) as line,
        slow_model(6) as model,
        served(tmp_path, through(line, postgres_database, PASSWORD), model, COLLOQUERY_CONCURRENCY="1") as one,
    ):
        before = under_way(one, model)
        since, told = time.monotonic(), len(one.said())
        line.cut()
        until(lambda: one.ready() == (503, "store.unreachable"), "it says that it is not ready")
        english = refusal(one.ask("during"), "store.unreachable")
        korean = refusal(one.ask("during", "ko"), "store.unreachable")
        assert english["detail"] != korean["detail"] and english["id"] != korean["id"]
        while time.monotonic() < since + AWAY:
            assert one.healthy()
            assert one.ready() == (503, "store.unreachable")
            time.sleep(0.5)  # as whoever watches a process does
        refusal(one.http.get(f"/api/v1/questions/{before['before-0']}"), "store.unreachable")
        line.mend()
        until(lambda: one.ready() == (200, "ok"), "it is ready again", BACK_WITHIN)
        until_answered(one, before)
        until_answered(one, {"during": one.accepted("during")})
        assert len(model.completions) == 4, "no question was put to the model twice"
        is_readable(one.said()[told:], ("127.0.0.1", str(line.port)), time.monotonic() - since)
        assert PASSWORD not in one.said()
    is_whole(postgres_database, questions=4)


def test_postgresql_that_says_nothing_for_a_while(tmp_path: Path, postgres_database: str) -> None:
    """No line ends, so it may be merely slow: what is asked waits or is refused in words, and is done once."""
    with (
        Line(port_of(postgres_database, 5432)) as line,
        slow_model(3) as model,
        served(tmp_path, through(line, postgres_database), model, COLLOQUERY_CONCURRENCY="1") as one,
        ThreadPoolExecutor() as beside,
    ):
        before = under_way(one, model)
        line.fall_silent()
        since = time.monotonic()
        # Sent three times, as a chat does with what is not acknowledged.
        asked = [beside.submit(one.ask, "during") for _ in range(3)]
        until(lambda: one.ready() == (503, "store.busy"), "it says that it is not ready")
        while time.monotonic() < since + SILENT:
            assert one.healthy()
            time.sleep(0.5)
        line.speak()
        until(lambda: one.ready() == (200, "ok"), "it is ready again", BACK_WITHIN)
        during = one.accepted("during")
        for answer in (sent.result() for sent in asked):
            # Whoever found no free line to the store, or got no new one, was told so; who waited on one has been heard.
            if answer.status_code == 202:
                assert answer.json()["question_id"] == during
            else:
                refusal(answer, "store.busy" if "busy" in answer.text else "store.unreachable")
        until_answered(one, {**before, "during": during})
        assert len(model.completions) == 4, "no question was put to the model twice"
    is_whole(postgres_database, questions=4)
