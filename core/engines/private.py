"""Which columns look private by their name or comment, in English and Korean.

Their values are never read into the value index (`looks_private`): that leans to the safe side, since a column left out
costs a little convenience, and a column let in could show a person's telephone number. Whether a column is hidden from
people who were not let see it (`is_private`) is decided more narrowly.
"""

import re
from itertools import pairwise

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^0-9a-z가-힣]+")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS = _listed(
    """
    email emails mail mailaddress phone phones telephone tel mobile cellphone fax msisdn
    password passwd passphrase pwd pw secret token apikey credential credentials otp pin salt hash
    ssn sin nin passport rrn taxid ein
    address addresses addr street zip zipcode postcode postalcode
    birth birthday birthdate birthplace dob
    iban bic swift cvv cvc creditcard cardnumber bankaccount
    ip ipaddress mac imei
    """
)
_PAIRS = _listed(
    """
    e-mail api-key access-key private-key social-security national-id passport-no passport-number tax-id
    credit-card card-no card-number bank-account account-no account-number driver-license drivers-license
    driving-license licence-number license-number postal-code zip-code date-birth
    cell-no cell-number contact-no contact-number
    """
)
_HANGUL = re.compile(
    "주민등록|주민번호|외국인등록|여권|면허번호|운전면허|전화|휴대폰|핸드폰|연락처|팩스|이메일|전자우편|메일주소|비밀번호|"
    "패스워드|암호|토큰|인증키|생년월일|생일|출생|계좌|카드번호|신용카드|우편번호"
)
_HANGUL_HEAD = re.compile(r"주소$")

_PHRASE_END = re.compile(r"[,.:;()—–]|\s-\s")
_SHORT = 3
"""Words of a phrase that names a thing; a longer one describes it."""

_HEAD_ONLY = frozenset(
    {"address", "addresses", "addr", "street", "mail", "hash", "pin", "pw", "ip", "mac", "sin", "tel"}
)
"""Words that mean the column in its name, but in a comment only at its end: "delivery address" tells of an address,
"city of the delivery address" of a city."""


def looks_private(name: str, comment: str = "") -> bool:
    """Whether a column of this name and comment may hold what identifies, reaches or unlocks a person."""
    return _private_name(name) or _private_comment(comment)


def is_private(name: str, comment: str = "") -> bool:
    """Whether a column is private unless an administrator says otherwise: its name says so, or its comment says it is
    nothing else ("Phone number / 전화번호"). A comment that only mentions such a thing is not enough to hide a column.
    """
    return _private_name(name) or any(
        _private_name(part) for part in map(_first_phrase, comment.split("/")) if len(part.split()) <= _SHORT
    )


def _first_phrase(text: str) -> str:
    return _PHRASE_END.split(text, 1)[0].strip()


def _words(text: str) -> list[str]:
    words = _SPLIT.split(_CAMEL.sub(" ", text).lower())
    # "address1", "phone2": the number says which one, not what.
    return [word.rstrip("0123456789") or word for word in words if word]


def _pairs(words: list[str]) -> set[str]:
    return {f"{first}-{second}" for first, second in pairwise(words)}


def _private_name(name: str) -> bool:
    words = [word for word in _words(name) if word != "of"]
    joined = _SPLIT.sub("", name.lower())
    hangul = _HANGUL.search(joined) or _HANGUL_HEAD.search(joined)
    return bool(hangul) or not _WORDS.isdisjoint(words) or not _PAIRS.isdisjoint(_pairs(words)) or joined in _WORDS


def _private_comment(comment: str) -> bool:
    words = _words(comment)
    if not words:
        return False
    if _HANGUL.search("".join(words)) or _HANGUL_HEAD.search(words[-1]):
        return True
    # In English what comes after "of" is not what the column holds, but for a date "of birth".
    head = words[words.index("of") - 1] if "of" in words[1:] else words[-1]
    plain = [word for word in words if word != "of"]
    return head in _WORDS or not (_WORDS - _HEAD_ONLY).isdisjoint(plain) or not _PAIRS.isdisjoint(_pairs(plain))
