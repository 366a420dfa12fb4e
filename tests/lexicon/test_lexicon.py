import pytest

from core.lexicon import STOPWORDS, compound, split_identifier, stem, taken_apart, translations, words, written_out


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("orderItems", ("order", "items")),
        ("ORDER_ITEMS", ("order", "items")),
        ("고객_주문", ("고객", "주문")),
        ("HTTPServer2", ("http", "server", "2")),
        ("Customer ID", ("customer", "id")),
        ("", ()),
    ],
)
def test_identifiers_are_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    assert split_identifier(name) == parts


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("Orders", "order"), ("ordered", "order"), ("categories", "category"), ("people", "person"), ("boxes", "box"),
        ("children", "child"), ("prices", "price"), ("named", "name"), ("selling", "sell"), ("status", "status"),
        ("customer's", "customer"), ("address", "address"), ("purchased", "purchase"), ("string", "string"),
        ("sales", "sale"), ("released", "release"), ("buildings", "building"), ("고객", "고객"), ("id", "id"),
    ],
)  # fmt: skip
def test_stems_meet(word: str, root: str) -> None:
    assert stem(word) == root


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", 1000), ("1.5k", 1500), ("3천", 3000), ("5만", 50_000), ("3만 5천", 35_000), ("1억", 100_000_000),
        ("ten", 10), ("dozen", 12), ("two hundred", 200), ("열 개", 10), ("다섯", 5), ("세 명", 3), ("12.5", 12.5),
    ],
)  # fmt: skip
def test_numbers_in_figures_and_words(text: str, number: float) -> None:
    first = words(text)[0]
    assert (first.kind, first.number) == ("number", number)


def test_a_korean_word_offers_its_beginnings() -> None:
    (word,) = words("고객별로")
    assert word.forms == ("고객별로", "고객별", "고객")


def test_words_know_where_they_stand_and_what_they_are() -> None:
    text = 'Seoul에서 "Blue Mug" 2024-03-01 이후 5개'
    found = words(text)
    assert [word.kind for word in found] == ["word", "particle", "quoted", "date", "word", "number", "word"]
    assert found[2].text == "Blue Mug"
    assert all(text[word.start : word.end].strip('"') == word.text for word in found)
    assert found[-1].attached and not found[4].attached


def test_the_dictionary_goes_both_ways() -> None:
    assert translations("orders")[0] == "주문"
    assert translations("고객") == ("customer",)
    assert "product" in translations("제품")
    assert translations("qwerty") == ()
    assert compound("주문번호") == ("주문", "번호")
    assert compound("무관한말") == ()


def test_stopwords_are_of_both_languages() -> None:
    assert {"the", "보여줘"} <= STOPWORDS


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("custname", ("cust", "name")), ("orderdate", ("order", "date")), ("fxrate", ("fx", "rate")),
        ("cardtxnno", ("card", "txn", "no")), ("useamt", ("use", "amt")), ("customers", ()), ("carpet", ()),
        ("valid", ()), ("qwertyuiop", ()), ("qty", ()), ("고객이름표", ()), ("", ()),
    ],
)  # fmt: skip
def test_names_written_together_are_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    assert taken_apart(name) == parts


def test_short_forms_are_written_out() -> None:
    assert written_out("QTY") == ("quantity",)
    assert written_out("dept") == ("department",)
    assert set(written_out("doc")) == {"doctor", "document"}
    assert written_out("customer") == ()
