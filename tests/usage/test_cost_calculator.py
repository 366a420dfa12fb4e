import subprocess
import sys
import timeit
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.usage.cost_calculator import DEFAULT, SPECIFIED, Cost, Price, cost, price_of

GPT_4O = (Decimal("0.0025"), Decimal("0.01"))
GPT_4O_MINI = (Decimal("0.00015"), Decimal("0.0006"))
GPT_35_TURBO = (Decimal("0.0015"), Decimal("0.002"))


@pytest.mark.parametrize(
    ("model", "prices"),
    [
        ("gpt-4o", GPT_4O),
        ("gpt-4o-2024-08-06", GPT_4O),
        ("openai/gpt-4o", GPT_4O),
        ("openrouter/openai/gpt-4o", GPT_4O),
        ("GPT-4o ", GPT_4O),
        ("our-own-gpt-4o", GPT_4O),
        ("gpt-4o-mini", GPT_4O_MINI),
        ("gpt-4o-mini-2024-07-18", GPT_4O_MINI),
        ("azure/gpt-4o-mini", GPT_4O_MINI),
        ("ft:gpt-4o-mini-2024-07-18:acme::abc123", GPT_4O_MINI),
        ("gpt-3.5-turbo", GPT_35_TURBO),
        ("gpt-3.5-turbo-0125", GPT_35_TURBO),
        ("gpt-35-turbo", GPT_35_TURBO),
    ],
)
def test_the_specified_prices_match_in_part_and_the_longest_wins(model: str, prices: tuple[Decimal, Decimal]) -> None:
    assert price_of(model) == Price(*prices, "specified")


@pytest.mark.parametrize(
    ("model", "prompt", "completion"),
    [
        ("gpt-4.1-mini", "0.0004", "0.0016"),
        ("openai/gpt-4.1-mini", "0.0004", "0.0016"),
        ("some-gateway/gpt-4.1-mini", "0.0004", "0.0016"),
        ("o3-mini", "0.0011", "0.0044"),
        ("anthropic/claude-sonnet-4-5", "0.003", "0.015"),
        ("gemini-2.5-flash", "0.0003", "0.0025"),
        # Longer names that the list knows as models of their own, though one of the three is a part of them.
        ("gpt-4o-audio-preview", "0.0025", "0.01"),
        ("openai/gpt-4o-audio-preview", "0.0025", "0.01"),
        ("gpt-4o-mini-tts", "0.0006", "0.012"),
        ("gpt-4o-realtime-preview", "0.005", "0.02"),
        ("gpt-4o-2024-05-13", "0.005", "0.015"),
        ("gpt-3.5-turbo-16k", "0.003", "0.004"),
    ],
)
def test_other_models_are_priced_from_the_list(model: str, prompt: str, completion: str) -> None:
    assert price_of(model) == Price(Decimal(prompt), Decimal(completion), "list")


@pytest.mark.parametrize("model", ["llama3:8b", "our-model", "", "/", "whisper-1", "gpt-oss:20b", "x" * 5_000])
def test_an_unknown_model_costs_what_the_dearest_specified_one_does(model: str) -> None:
    assert price_of(model) == DEFAULT
    assert (DEFAULT.prompt, DEFAULT.completion) == GPT_4O
    assert DEFAULT.prompt == max(price.prompt for price in SPECIFIED.values())
    assert DEFAULT.completion == max(price.completion for price in SPECIFIED.values())


@pytest.mark.parametrize("model", ["built-in", "template"])
def test_no_model_costs_nothing(model: str) -> None:
    assert cost(model, 0, 0) == Cost(Decimal(0), "free", Decimal(0), Decimal(0))
    assert cost(model, 500, 500).usd == 0


def test_a_cost_is_exact() -> None:
    assert cost("gpt-4o-mini-2024-07-18", 512, 47) == Cost(Decimal("0.000105"), "specified", *GPT_4O_MINI)
    assert cost("gpt-4o", 1000, 1000).usd == Decimal("0.0125")
    assert cost("gpt-3.5-turbo", 1, 1).usd == Decimal("0.0000035")
    assert cost("gpt-4o", 0, 0).usd == 0


@given(st.sampled_from(["gpt-4o", "o3-mini", "nobody-knows"]), st.lists(st.integers(0, 5_000), min_size=2, max_size=20))
def test_costs_add_up_to_the_cost_of_the_sum(model: str, tokens: list[int]) -> None:
    assert sum(cost(model, number, number).usd for number in tokens) == cost(model, sum(tokens), sum(tokens)).usd


@pytest.mark.parametrize("tokens", [(-1, 0), (0, -1)])
def test_tokens_cannot_be_negative(tokens: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        cost("gpt-4o", *tokens)


def test_a_price_can_depend_on_the_hour() -> None:
    night = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    peak = price_of("deepseek/deepseek-v4-flash", night)
    quiet = price_of("deepseek/deepseek-v4-flash", night + timedelta(hours=12))
    assert peak.source == quiet.source == "list"
    assert peak.prompt > quiet.prompt
    assert price_of("deepseek/deepseek-v4-flash", night.astimezone(timezone(timedelta(hours=9)))) == peak


def test_nothing_is_fetched() -> None:
    program = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"the network was touched: {event}")
sys.addaudithook(refuse)
from core.usage.cost_calculator import cost
print(cost("gpt-4o-mini", 10, 10).source, cost("gpt-4.1", 10, 10).source, cost("nobody-knows", 10, 10).source)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["specified", "list", "default"]), done.stderr


def test_it_is_fast_once_a_model_is_known() -> None:
    cost("claude-sonnet-4-5", 512, 47)
    best = min(timeit.repeat(lambda: cost("claude-sonnet-4-5", 512, 47), number=1_000, repeat=5)) / 1_000
    assert best < 20e-6
