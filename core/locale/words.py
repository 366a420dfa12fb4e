"""The catalogue of sentences."""

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

LANGUAGES = ("en", "ko")
"""The languages every sentence exists in. The first is used for an asker of any other language."""

_HERE = Path(__file__).parent


def language_of(locale: str) -> str:
    """The language to speak with someone of this locale ("ko-KR", "ko_KR", "en-US"): one of `LANGUAGES`."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def _flatten(prefix: str, node: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in node.items():
        name = f"{prefix}.{key}"
        flat.update(_flatten(name, value) if isinstance(value, dict) else {name: value})
    return flat


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence of a language by its key."""
    sentences: dict[str, str] = {}
    for path in sorted((_HERE / language).glob("*.toml")):
        sentences.update(_flatten(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))))
    return sentences


_RIEUL = 8
"""The final consonant ㄹ among the 28 finals of a Hangul syllable; 0 is none."""

# Digits and Latin letters as they are read aloud in Korean: 1, 7, 8, L and R end in ㄹ; 0, 3, 6, M and N in another.
_READ_ALOUD = dict.fromkeys("178lrLR", _RIEUL) | dict.fromkeys("036mnMN", 1)


def _final_consonant(text: str) -> int:
    last = text.rstrip("\"'”’)]")[-1:]
    return (ord(last) - ord("가")) % 28 if "가" <= last <= "힣" else _READ_ALOUD.get(last, 0)


class _Sentence(Formatter):
    """Fills blanks; `{name:을/를}` adds the Korean particle that fits the end of the word."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(value)
        if "/" in format_spec:
            with_consonant, without = format_spec.split("/")
            final = _final_consonant(text)
            # 으로/로 is the pair that treats ㄹ like a vowel: 서울로.
            closed = final not in (0, _RIEUL) if with_consonant == "으로" else final > 0
            return text + (with_consonant if closed else without)
        return text


_SENTENCE = _Sentence()


def say(locale: str, key: str, /, **values: object) -> str:
    """The sentence `key` in the language of `locale`, its blanks filled. A missing key is a bug: KeyError."""
    return _SENTENCE.vformat(catalogue(language_of(locale))[key], (), values)
