"""Which language and time zone a browser is answered in."""

import pytest
from starlette.datastructures import Headers, QueryParams

from adapters.http.reader import language_of_request, zone_of_request


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", "", "en"),
        ("", "ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("", "en;q=0.3, ko;q=0.7", "ko"),
        ("", "fr-FR, ko;q=0.2", "ko"),
        ("", "ko;q=0, en;q=0.1", "en"),
        ("", "ko;q=broken, de", "en"),
        ("", "ko" * 5000, "en"),
        ("lang=en", "ko", "en"),
        ("lang=../../etc", "ko", "ko"),
    ],
)
def test_the_language(query: str, accept: str, language: str) -> None:
    assert language_of_request(QueryParams(query), Headers({"accept-language": accept})) == language


@pytest.mark.parametrize(
    ("zone", "taken"), [("Asia/Seoul", "Asia/Seoul"), ("", "UTC"), ("../../etc/passwd", "UTC"), ("Mars/Base", "UTC")]
)
def test_the_time_zone(zone: str, taken: str) -> None:
    assert zone_of_request(QueryParams({"tz": zone, "lang": "ko"}), "UTC") == taken
