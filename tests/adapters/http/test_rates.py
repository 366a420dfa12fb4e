"""Buckets: a burst is allowed, a stream is not, and memory is bounded."""

import httpx
import pytest

from adapters.http.rates import MOST_BUCKETS, Buckets
from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.access import NewKey
from tests.adapters.web.conftest import TOKEN, browser, is_refusal, page, web_house, web_shop

__all__ = ["web_house", "web_shop"]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills() -> None:
    clock = Clock()
    buckets = Buckets("person", 60, clock)
    assert [buckets.take("ada").allowed for _ in range(61)] == [True] * 60 + [False]
    assert buckets.take("kim").allowed  # has a bucket of their own
    clock.now = 0.5
    refused = buckets.take("ada")
    assert (refused.allowed, refused.wait) == (False, 1)
    clock.now = 3
    assert [buckets.take("ada").allowed for _ in range(4)] == [True, True, True, False]
    clock.now = 3600
    assert buckets.take("ada").left == 59


def test_the_headers_say_so() -> None:
    buckets = Buckets("address", 2, Clock())
    assert buckets.headers(buckets.take("a")) == {
        "ratelimit-policy": '"address";q=2;w=60',
        "ratelimit": '"address";r=1;t=1',
    }
    buckets.take("a")
    assert buckets.headers(buckets.take("a"))["retry-after"] == "30"
    assert Buckets("none", 0).take("a").allowed and Buckets("none", 0).headers(buckets.take("b")) == {}


def test_memory_is_bounded() -> None:
    buckets = Buckets("address", 1, Clock())
    for number in range(MOST_BUCKETS + 500):
        buckets.take(str(number))
    assert len(buckets) == MOST_BUCKETS
    assert not buckets.take(str(MOST_BUCKETS + 499)).allowed  # of the last ones nothing is forgotten


async def test_who_asks_too_often_is_told_when_to_come_again(web_house: House) -> None:
    async with browser(page(web_house, HttpSettings(a_minute_each=3))) as client:
        answers = [await client.get("/api/v1/examples") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit"] for answer in answers[:3]] == [
            f'"person";r={left};t=1' for left in (2, 1, 0)
        ]
        is_refusal(answers[3], 429, "http.too_many")
        assert answers[3].headers["retry-after"] == "20"
        assert (await client.get("/static/app.js")).status_code == 200


async def test_one_persons_devices_and_keys_share_a_bucket(web_house: House) -> None:
    app = page(web_house, HttpSettings(a_minute_each=2, token=TOKEN))
    owner = HttpSettings().person
    keys = [(await web_house.service.people.make_key(owner, NewKey(name, (("ask", None),)))).key for name in "ab"]
    async with browser(app) as client:
        statuses = []
        for key in (*keys, *keys):
            sent = await client.get("/api/v1/examples", headers={"authorization": f"Bearer {key}"})
            statuses.append(sent.status_code)
    assert statuses == [200, 200, 429, 429]


@pytest.mark.parametrize("path", ["/api/v1/me", "/session", "/"])
async def test_an_address_that_asks_too_often_is_stopped_before_anybody_looks_who_it_is(
    web_house: House, path: str
) -> None:
    async with browser(page(web_house, HttpSettings(token=TOKEN, a_minute=5))) as client:
        answers: list[httpx.Response] = [await client.get(path) for _ in range(6)]
    assert answers[4].status_code != 429
    is_refusal(answers[5], 429, "http.too_many")
    assert int(answers[5].headers["retry-after"]) > 0
