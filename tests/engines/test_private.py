"""Which columns look private."""

import pytest

from core.engines.private import looks_private

PRIVATE = """
email e_mail EMail userEmail customer_email phone Phone2 phoneNumber mobile_no tel fax password pwd
password_hash secret api_key apiKey accessToken token ssn SocialSecurityNumber passport_no address Address1
shipping_address billingAddress street zip_code postal_code PostalCode birth_date dateOfBirth dob birthday iban
credit_card card_number ip_address cell_no 주민등록번호 고객전화 휴대폰번호 이메일 비밀번호 생년월일 배송주소 계좌번호
여권번호 우편번호"""

OPEN = """name Name city Country state status title category product_name carton telltale phonetic tokenizer emailed_at
genre company ships_to hashtag description mailing pinned 이름 도시 상태 상품명 지역 등급 addressee"""


@pytest.mark.parametrize("name", PRIVATE.split())
def test_private_names(name: str) -> None:
    assert looks_private(name)


@pytest.mark.parametrize("name", OPEN.split())
def test_open_names(name: str) -> None:
    assert not looks_private(name)


@pytest.mark.parametrize(
    ("comment", "private"),
    [
        ("E-mail of the customer", True),
        ("customer's phone number", True),
        ("home address", True),
        ("고객의 전화번호", True),
        ("배송 주소", True),
        ("주민등록번호(암호화)", True),
        ("date of birth", True),
        ("city of the delivery address", False),
        ("배송 주소의 도시", False),
        ("order state: paid, sent or returned", False),
        ("", False),
    ],
)
def test_comments(comment: str, private: bool) -> None:
    assert looks_private("c1", comment) is private
