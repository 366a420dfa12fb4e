"""Who reads: the language and time zone a request asks for."""

from functools import cache
from zoneinfo import available_timezones

from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

from core.locale import LANGUAGES


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def language_of_request(query: QueryParams, headers: Headers) -> str:
    """`?lang=` when we speak it, else the best of Accept-Language, else the first of our languages."""
    asked = query.get("lang", "")
    return asked if asked in LANGUAGES else _preferred(headers.get("accept-language", ""))


def language_of_scope(scope: Scope) -> str:
    """The same, of a request that no route has seen yet."""
    return language_of_request(QueryParams(scope["query_string"]), Headers(scope=scope))


def zone_of_request(query: QueryParams, usual: str) -> str:
    """`?tz=` when it is the IANA name of a time zone, else the usual one."""
    zone = query.get("tz", "")
    return zone if zone in _zones() else usual


def _preferred(accept_language: str) -> str:
    best, best_weight = LANGUAGES[0], 0.0
    for entry in accept_language.split(",")[:20]:
        tag, _, parameter = entry.strip().partition(";")
        language = tag.strip().split("-")[0].lower()
        weight = _weight(parameter)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
