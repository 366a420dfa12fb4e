"""Who reads: the language and time zone a browser asks for."""

from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from starlette.datastructures import Headers, QueryParams

from core.chat import Actor, Place
from core.locale import LANGUAGES


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def language_of_request(query: QueryParams, headers: Headers) -> str:
    """`?lang=` when we speak it, else the best of Accept-Language, else the first of our languages."""
    asked = query.get("lang", "")
    return asked if asked in LANGUAGES else _preferred(headers.get("accept-language", ""))


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


def actor_of(person: Actor, query: QueryParams, headers: Headers) -> Actor:
    """The person with the language and the time zone (`?tz=`, an IANA name) of their browser."""
    zone = query.get("tz", "")
    return replace(
        person,
        locale=language_of_request(query, headers),
        timezone=zone if zone in _zones() else person.timezone,
    )


def place_of(actor: Actor, thread: str) -> Place:
    """A thread of the page. Its channel is the person, so that two people's threads never meet."""
    return Place(platform=actor.platform, workspace=actor.workspace, channel=actor.id, thread=thread)
