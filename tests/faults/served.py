"""A serving process whose store has trouble, as its people and its operators see it."""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.local_model import LocalModel
from tests.road.test_durable import free_port, serving

TEXT = "How many customers do we have?"
SQL = "SELECT COUNT(*) AS customers FROM customers"

MOST_WARNINGS_A_SECOND = 12
"""In the log, at any moment: a person reads along."""
MOST_WARNINGS_ON_AVERAGE = 2.0
"""A second: a job that cannot run says so each time, and there are four that run every five seconds."""

_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING|ERROR|CRITICAL) \S+ \S")


def until(look: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


@dataclass(frozen=True)
class Served:
    """A process that serves, and what it is asked over the API by who sits at its machine."""

    http: httpx.Client
    process: "subprocess.Popen[bytes]"
    log: Path

    def ask(self, message: str, language: str = "en") -> httpx.Response:
        """Ask in a thread of its own; the same message is the same question."""
        asked = {"session": message, "message": message, "text": TEXT}
        return self.http.post("/api/v1/questions", json=asked, headers={"accept-language": language})

    def accepted(self, message: str) -> str:
        """Ask, and it is accepted: the question's id."""
        answer = self.ask(message)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["question_id"])

    def ready(self) -> tuple[int, str]:
        """What /readyz says."""
        answer = self.http.get("/readyz")
        return answer.status_code, str(answer.json()["status"])

    def healthy(self) -> bool:
        """What /healthz says."""
        return self.http.get("/healthz").status_code == 200

    def answered(self, question_id: str) -> bool:
        """Whether a question has its answer, with rows."""
        answer = self.http.get(f"/api/v1/questions/{question_id}")
        if answer.status_code != 200 or answer.json()["state"] != "answered":
            return False
        reply = answer.json()["reply"]
        assert reply["ok"] is True, reply
        return True

    def exchanges(self, message: str) -> list[str]:
        """The ids of the questions of a thread, as it is shown."""
        found = self.http.get(f"/api/v1/sessions/{message}/messages")
        assert found.status_code == 200, found.text
        return [one["question_id"] for one in found.json()["items"]]

    def said(self) -> str:
        """The log up to now."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def served(
    folder: Path, store_url: str, model: LocalModel, *, before: Sequence[str] = (), **settings: str
) -> Iterator[Served]:
    """One that is ready and whose demo shop is there. Whatever happens to its store, it must not die of it."""
    port = free_port()
    environment = {
        "DATABASE_URL": store_url,
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": model.key,
        # A question of this test costs some hundred tokens.
        "COLLOQUERY_QUOTA_HOUR": "1000000",
        "COLLOQUERY_QUOTA_DAY": "1000000",
        "COLLOQUERY_QUOTA_MONTH": "1000000",
        **settings,
    }
    address = f"http://127.0.0.1:{port}"
    with (
        serving(folder, environment, port, before) as process,
        httpx.Client(base_url=address, headers={"origin": address}, timeout=20) as http,
    ):
        one = Served(http, process, folder / "serve.log")
        yield one
        # It lives, or it was told to stop and did so in order.
        assert process.poll() in (None, 0), one.said()


def refusal(answer: httpx.Response, code: str) -> dict[str, str]:
    """What an answer that refuses says: words, what to do, a code and the reference of it, and nothing of a driver."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, str] = answer.json()
    assert told["code"] == code, told
    assert told["detail"] and told["hint"] and len(told["id"]) == 36
    for word in ("Traceback", "Error", "psycopg", "pymysql", "sqlite3", "sqlalchemy", "127.0.0.1", "5432", "3306"):
        assert word not in answer.text, answer.text
    return told


def is_readable(log: str, hidden: Sequence[str], seconds: float) -> None:
    """Every line of a log is a line for people, few of them tell of trouble, and none has what is to be `hidden`."""
    lines = [line for line in log.splitlines() if line]
    first = next(number for number, line in enumerate(lines) if _STAMP.match(line))
    lines = lines[first:]  # before it, the words for whoever starts it
    odd = [line for line in lines if not _STAMP.match(line)]
    assert not odd, odd[:5]
    assert not [line for line in lines if any(word in line for word in hidden)]
    warnings = [line for line in lines if " INFO " not in line]
    per_second = Counter(line[:19] for line in warnings)
    assert warnings and max(per_second.values()) <= MOST_WARNINGS_A_SECOND, per_second.most_common(3)
    assert len(warnings) <= MOST_WARNINGS_ON_AVERAGE * seconds + MOST_WARNINGS_A_SECOND, f"{len(warnings)} warnings"
