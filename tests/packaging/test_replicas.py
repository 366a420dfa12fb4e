"""docs/scaling.md says that a request may go to any replica: so it is."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.packaging.replicas import TOKEN, replicas

FOLLOWED_WITHIN = 30.0


@pytest.fixture(params=["postgres", "mariadb"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    store_url: str = request.getfixturevalue(f"{request.param}_database")
    with replicas(tmp_path, store_url, 2) as started:
        yield [one.address for one in started]


def test_whoever_came_in_at_one_asks_at_the_other_and_reads_at_either(two: list[str]) -> None:
    first, second = two
    with httpx.Client(timeout=FOLLOWED_WITHIN) as http:
        assert http.get(f"{second}/api/v1/connections").status_code == 401
        assert http.get(f"{first}/?token={TOKEN}", follow_redirects=True).status_code == 200
        # The cookie that the first gave opens the second; the browser sees one address, so its cookies go to both.
        (shop,) = http.get(f"{second}/api/v1/connections").json()["items"]
        assert shop["name"] == "demo"

        asked = {"session": "s1", "message": "m1", "text": "How many customers are in Seoul?"}
        own = {"origin": second}
        taken = http.post(f"{second}/api/v1/questions", json=asked, headers=own)
        assert taken.status_code == 202, taken.text
        question = taken.json()["question_id"]
        reply = _reply(http, f"{first}/api/v1/questions/{question}/events")
        assert reply["ok"] is True
        # Sent again to the other, as after a lost connection: the same question, and nothing new.
        again = http.post(f"{first}/api/v1/questions", json=asked, headers={"origin": first})
        assert again.json()["question_id"] == question
        for address in (first, second):
            (there,) = http.get(f"{address}/api/v1/sessions/s1/messages").json()["items"]
            assert (there["question_id"], there["reply"]["ok"]) == (question, True)


def _reply(http: httpx.Client, address: str) -> dict[str, object]:
    event, until = "", time.monotonic() + FOLLOWED_WITHIN
    with http.stream("GET", address) as stream:
        for line in stream.iter_lines():
            assert time.monotonic() < until
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:") and event == "reply":
                return dict(json.loads(line.removeprefix("data:")))
    raise AssertionError("the stream ended without a reply")
