from string import Formatter

import pytest

from core.locale import LANGUAGES, say
from core.locale.words import catalogue


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_exists_in_every_language(language: str) -> None:
    assert catalogue(language).keys() == catalogue(LANGUAGES[0]).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert [
        key for key, sentence in catalogue(language).items() if not sentence.strip() and not key.endswith(".hint")
    ] == []


def test_a_translation_fills_the_same_blanks() -> None:
    first, *others = LANGUAGES
    for language in others:
        for key, sentence in catalogue(first).items():
            assert blanks(sentence) == blanks(catalogue(language)[key]), key


def test_particles_follow_the_word() -> None:
    said = [say("ko", "present.filter.equal", column=name, value="서울") for name in ("도시", "지역", "city", "total")]
    assert said == ["도시가 서울", "지역이 서울", "city가 서울", "total이 서울"]


def test_the_particle_of_direction_takes_rieul_for_a_vowel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue("ko"), "test.to", "{place:으로/로}")
    said = [say("ko", "test.to", place=place) for place in ("서울", "부산", "제주", "1", "3", "2")]
    assert said == ["서울로", "부산으로", "제주로", "1로", "3으로", "2로"]
