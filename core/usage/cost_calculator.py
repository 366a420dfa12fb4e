"""What tokens cost, in exact decimal US dollars.

A model's price is found by its name, as its server spells it, in this order:

1. "built-in" and "template" cost nothing: no model was called.
2. The three specified prices. Names match in part and the longest match wins, so "gpt-4o-mini-2024-07-18",
   "openai/gpt-4o" and "azure/gpt-3.5-turbo-0125" have one.
3. The maintained list of `genai-prices`, which is part of the package: nothing is fetched.
4. `DEFAULT`.

"The longest match wins" holds between 2 and 3 as well. "gpt-4o-audio-preview" contains "gpt-4o", but the list knows
the whole name as a model of its own, so the list's price is taken. Where the list says that a name is another spelling
of one of the three ("gpt-4o-2024-08-06", "gpt-35-turbo"), the specified price is taken.

Only input and output tokens are priced: a provider's fee per request and its discount for cached input are left out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from genai_prices import Usage, calc_price

Source = Literal["specified", "list", "default", "free"]
"""Where a price comes from."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per 1,000 tokens, in and out."""

    prompt: Decimal
    completion: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call cost, and the prices (USD per 1,000 tokens) that it was counted with."""

    usd: Decimal
    source: Source
    prompt_price: Decimal
    completion_price: Decimal


SPECIFIED = {
    "gpt-4o": Price(Decimal("0.0025"), Decimal("0.01"), "specified"),
    "gpt-4o-mini": Price(Decimal("0.00015"), Decimal("0.0006"), "specified"),
    "gpt-3.5-turbo": Price(Decimal("0.0015"), Decimal("0.002"), "specified"),
}
"""The prices that the product's specification sets."""

DEFAULT = Price(SPECIFIED["gpt-4o"].prompt, SPECIFIED["gpt-4o"].completion, "default")
"""For a model that nobody knows: the dearest of the specified three, so that a budget errs on the safe side."""

FREE_MODELS = frozenset({"built-in", "template"})
"""What `query_analytics.llm_model` says where no model was called."""

_FREE = Price(Decimal(0), Decimal(0), "free")
_PER = 1000


def cost(model: str, prompt_tokens: int, completion_tokens: int) -> Cost:
    """The cost of one call. Raises ValueError for a negative number of tokens."""
    if prompt_tokens < 0 or completion_tokens < 0:
        raise ValueError("tokens cannot be negative")
    price = price_of(model)
    usd = (price.prompt * prompt_tokens + price.completion * completion_tokens) / _PER
    return Cost(usd, price.source, price.prompt, price.completion)


def price_of(model: str, at: datetime | None = None) -> Price:
    """The price of a model at a time with a zone, or now. Some prices of the list depend on the date and the hour."""
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    return _price(model.strip().lower(), moment.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=512)
def _price(name: str, hour: datetime) -> Price:
    if name in FREE_MODELS:
        return _FREE
    specified = max((known for known in SPECIFIED if known in name), key=len, default=None)
    listed = _listed(name, hour)
    if listed is not None:
        model, price = listed
        if model in SPECIFIED:
            return SPECIFIED[model]
        if specified is None or specified in model:
            return price
    return SPECIFIED[specified] if specified is not None else DEFAULT


def _listed(name: str, hour: datetime) -> tuple[str, Price] | None:
    """The list's own name for a model, and its price. None where the list does not know it."""
    # "litellm" is how the list is told that a name may begin with its provider, as gateways write it.
    for spelling in dict.fromkeys((name, name.rpartition("/")[2])):
        try:
            found = calc_price(
                Usage(input_tokens=_PER, output_tokens=_PER),
                spelling,
                provider_id="litellm",
                genai_request_timestamp=hour,
            )
        except LookupError:
            continue
        if found.model_price.input_mtok is not None:
            model = found.model.id.rpartition("/")[2]
            return model, Price(found.input_price, found.output_price, "list")
    return None
