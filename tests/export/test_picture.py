"""Charts as pictures."""

import struct
import time
from pathlib import Path
from typing import Any, Literal

import pytest
import vl_convert
from hypothesis import given, settings

from core.chat import Chart, Series
from core.export.picture import png
from tests.adapters.replies import charts

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_WITH_HANGUL = ("nanum", "notosanskr", "notosanscjk", "noto-cjk", "unfonts", "baekmuk", "pretendard", "malgun")


def _bars(label: str = "Seoul", value: float | None = 3.0) -> Chart:
    return Chart("bar", "customers", (label, "x"), (Series("customers", (value, 1.0)),))


def _size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _hangul_is_installed() -> bool:
    files = (path for folder in _FONT_FOLDERS for path in Path(folder).expanduser().glob("**/*.[ot]t[fc]"))
    return any(word in str(path).lower() for path in files for word in _WITH_HANGUL)


@pytest.mark.skipif(not _hangul_is_installed(), reason="no font with Hangul is installed")
def test_hangul_is_drawn() -> None:
    # Without its letters both words would be the same two empty boxes.
    assert png(_bars("서울"), "ko") != png(_bars("부산"), "ko")


@pytest.mark.parametrize("kind", ["line", "bar", "pie", "figure"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_is_a_picture_of_what_it_is_given(kind: str, dark: bool) -> None:
    def drawn(first: float) -> bytes:
        return png(Chart(kind, "t", ("a", "b"), (Series("s", (first, 1.0)),)), "ko", dark)  # type: ignore[arg-type]

    width, height = _size(drawn(3.0))
    assert width > 600 and height > 200
    assert drawn(3.0) == drawn(3.0) != drawn(2.0)


def test_dark_is_another_picture() -> None:
    assert png(_bars(), "en") != png(_bars(), "en", dark=True)


@pytest.mark.parametrize(
    "text", ["a\0b", "\x1b[31m", "\ufffe", "\ud83d", "😀" * 90, "x" * 100_000, "<b>&amp;", "a\nb", ""]
)
def test_no_text_ends_the_process(text: str) -> None:
    _size(png(Chart("bar", text, (text, "b"), (Series(text, (1.0, 2.0)), Series("s", (2.0, 1.0)))), "ko"))
    _size(png(Chart("pie", text, (text, "b"), (Series(text, (1.0, 2.0)),)), "ko"))


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324, 1e15, 0.0])
def test_no_number_ends_the_process(value: float) -> None:
    kind: Literal["line", "bar", "pie", "figure"]
    for kind in ("bar", "line", "pie", "figure"):
        _size(png(Chart(kind, "t", ("a", "b"), (Series("s", (value, None)),)), "ko"))


def test_labels_are_data_and_never_an_expression() -> None:
    one, other = "' + datum.value + '", "' + datum.series + '"
    assert png(_bars(one), "en") != png(_bars(other), "en")
    two = Chart("bar", "t", ("same", "same"), (Series("s", (1.0, 2.0)),))
    assert png(two, "en") != png(Chart("bar", "t", ("same",), (Series("s", (2.0,)),)), "en")


def test_a_label_without_a_value_keeps_its_place() -> None:
    assert png(_bars(value=None), "en") != png(Chart("bar", "customers", ("x",), (Series("customers", (1.0,)),)), "en")


def test_many_bars_of_many_series_and_a_year_of_days() -> None:
    labels = tuple(f"a product with a long name {number}" for number in range(30))
    series = tuple(Series(f"s{one}", tuple(float(number * one) for number in range(30))) for one in range(6))
    width, height = _size(png(Chart("bar", "t", labels, series), "en"))
    assert height > 30 * 24 * 2 and width < 4_000
    days = tuple(f"Mar {number}, 2024" for number in range(400))
    png(_bars(), "en")
    start = time.perf_counter()
    png(Chart("line", "t", days, (Series("s", tuple(map(float, range(400)))),)), "en")
    assert time.perf_counter() - start < 2  # 0.15 s is usual


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    draw = vl_convert.vegalite_to_png

    def watched(spec: dict[str, Any], **more: Any) -> bytes:
        given.append((more["allowed_base_urls"], "url" in str(spec)))
        return draw(spec, **more)

    monkeypatch.setattr(vl_convert, "vegalite_to_png", watched)
    png(_bars(), "en")
    assert given == [([], False)]


@settings(max_examples=25, deadline=None)
@given(charts())
def test_any_chart_is_drawn(chart: Chart) -> None:
    _size(png(chart, "ko"))


@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
@pytest.mark.parametrize("labels", [(), ("",), ("a", "b")])
@pytest.mark.parametrize("series", [0, 1, 2])
def test_a_chart_of_which_nothing_is_known_is_drawn(kind: Any, labels: tuple[str, ...], series: int) -> None:
    nothing = tuple(Series(str(number), (None,) * len(labels)) for number in range(series))
    _size(png(Chart(kind, "", labels, nothing), "en"))
