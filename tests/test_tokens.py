from hypothesis import given
from hypothesis import strategies as st

from core.tokens import MESSAGE_OVERHEAD, REPLY_OVERHEAD, count, count_messages, cut


def test_counts_what_the_models_count() -> None:
    assert count("") == 0
    assert count("hello world") == 2
    assert count("안녕하세요") == 2


def test_special_tokens_are_plain_text() -> None:
    assert count("<|endoftext|>") > 1


def test_long_and_short_texts_are_counted_alike() -> None:
    line = "customer(id*, name, city)\n"
    assert count(line * 100) == 100 * count(line)


def test_messages_cost_more_than_their_text() -> None:
    assert count_messages("a", "b") == 2 + 2 * MESSAGE_OVERHEAD + REPLY_OVERHEAD


@given(st.text(max_size=300), st.integers(1, 40))
def test_a_cut_text_fits_and_begins_the_same(text: str, tokens: int) -> None:
    short = cut(text, tokens)
    assert count(short) <= tokens
    assert short == text or text.startswith(short.removesuffix("…"))
