"""Which columns look private."""

import pytest

from core.engines.private import is_private, looks_private

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


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("email", ""), ("c12", "주민등록번호"), ("c12", "Phone number, not everybody gave one / 전화번호"),
        ("c12", "E-mail address / 이메일"), ("c12", "Customer phone number"), ("c12", "Year of birth"),
    ],
)  # fmt: skip
def test_what_is_hidden_unless_an_administrator_says_otherwise(name: str, comment: str) -> None:
    assert is_private(name, comment)
    assert looks_private(name, comment)


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("channel", "Channel: web, app, phone / 주문 경로, 채널"),
        ("employee_id", "Employee who took a phone order, else empty / 담당 직원"),
        ("city", "City of the delivery address"), ("name", "Customer name / 고객 이름"), ("amount", ""),
    ],
)  # fmt: skip
def test_a_comment_that_only_mentions_it_hides_nothing(name: str, comment: str) -> None:
    assert not is_private(name, comment)
