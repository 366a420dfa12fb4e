"""The names of the demo shop: invented people, products and suppliers, real cities of Korea."""

# name, Korean name, region, Korean region, share of the customers
CITIES: tuple[tuple[str, str, str, str, int], ...] = (
    ("Seoul", "서울", "Capital Area", "수도권", 300),
    ("Incheon", "인천", "Capital Area", "수도권", 85),
    ("Suwon", "수원", "Capital Area", "수도권", 65),
    ("Seongnam", "성남", "Capital Area", "수도권", 55),
    ("Goyang", "고양", "Capital Area", "수도권", 50),
    ("Yongin", "용인", "Capital Area", "수도권", 50),
    ("Busan", "부산", "Yeongnam", "영남권", 105),
    ("Daegu", "대구", "Yeongnam", "영남권", 70),
    ("Ulsan", "울산", "Yeongnam", "영남권", 35),
    ("Changwon", "창원", "Yeongnam", "영남권", 30),
    ("Daejeon", "대전", "Chungcheong", "충청권", 45),
    ("Cheongju", "청주", "Chungcheong", "충청권", 25),
    ("Cheonan", "천안", "Chungcheong", "충청권", 20),
    ("Gwangju", "광주", "Honam", "호남권", 40),
    ("Jeonju", "전주", "Honam", "호남권", 20),
    ("Gangneung", "강릉", "Gangwon", "강원권", 15),
    ("Jeju", "제주", "Jeju Island", "제주도", 20),
)

# name, Korean name
CATEGORIES: tuple[tuple[str, str], ...] = (
    ("Coffee & Tea", "커피·차"),
    ("Snacks", "간식"),
    ("Kitchen", "주방용품"),
    ("Stationery", "문구"),
    ("Electronics", "전자제품"),
    ("Home & Living", "생활용품"),
    ("Beauty", "뷰티"),
    ("Outdoor", "아웃도어"),
)

# name, Korean name, category (1 is the first), list price in KRW, how often it is bought, still on sale
PRODUCTS: tuple[tuple[str, str, int, int, int, bool], ...] = (
    ("House Blend Beans", "하우스 블렌드 원두", 1, 16_000, 90, True),
    ("Ethiopia Single Origin", "에티오피아 싱글 오리진 원두", 1, 21_000, 55, True),
    ("Cold Brew Bottle", "콜드브루 보틀", 1, 9_800, 80, True),
    ("Jeju Green Tea", "제주 녹차", 1, 14_500, 45, True),
    ("Yuja Tea", "유자차", 1, 11_900, 40, True),
    ("Drip Bag Set", "드립백 세트", 1, 18_900, 60, True),
    ("Seaweed Crisps", "김스낵", 2, 4_500, 95, True),
    ("Honey Butter Almonds", "허니버터 아몬드", 2, 7_900, 100, True),
    ("Rice Crackers", "쌀과자", 2, 3_900, 70, True),
    ("Dark Chocolate Bar", "다크 초콜릿", 2, 5_200, 60, True),
    ("Sweet Potato Chips", "고구마칩", 2, 4_800, 50, False),
    ("Yakgwa Gift Box", "약과 선물 세트", 2, 24_000, 30, True),
    ("Cast Iron Pan", "무쇠 프라이팬", 3, 58_000, 18, True),
    ("Stone Pot", "돌솥", 3, 42_000, 14, True),
    ("Chef's Knife", "셰프 나이프", 3, 69_000, 12, True),
    ("Bamboo Cutting Board", "대나무 도마", 3, 23_500, 22, True),
    ("Stainless Lunch Box", "스테인리스 도시락", 3, 27_900, 30, True),
    ("Chopstick Set", "수저 세트", 3, 12_900, 42, True),
    ("Dot Notebook", "도트 노트", 4, 6_900, 65, True),
    ("Gel Pen Set", "젤펜 세트", 4, 8_500, 60, True),
    ("Desk Calendar", "탁상 달력", 4, 11_000, 35, True),
    ("Fountain Pen", "만년필", 4, 45_000, 10, False),
    ("Washi Tape", "마스킹 테이프", 4, 3_200, 48, True),
    ("Leather Pencil Case", "가죽 필통", 4, 28_000, 15, True),
    ("Wireless Earbuds", "무선 이어폰", 5, 89_000, 34, True),
    ("Bluetooth Speaker", "블루투스 스피커", 5, 64_000, 22, True),
    ("USB-C Charger", "USB-C 충전기", 5, 29_000, 44, True),
    ("Mechanical Keyboard", "기계식 키보드", 5, 119_000, 16, True),
    ("Power Bank", "보조 배터리", 5, 39_000, 36, True),
    ("Desk Lamp", "LED 스탠드", 5, 47_000, 20, True),
    ("Linen Bedding Set", "린넨 침구 세트", 6, 132_000, 9, True),
    ("Scented Candle", "향초", 6, 22_000, 38, True),
    ("Bath Towel", "목욕 수건", 6, 13_900, 46, True),
    ("Storage Basket", "수납 바구니", 6, 17_500, 28, True),
    ("Humidifier", "가습기", 6, 54_000, 18, True),
    ("Wool Blanket", "울 담요", 6, 76_000, 11, True),
    ("Snail Cream", "달팽이 크림", 7, 32_000, 40, True),
    ("Sheet Mask Pack", "마스크팩 세트", 7, 15_000, 85, True),
    ("Sunscreen SPF50", "선크림 SPF50", 7, 18_500, 62, True),
    ("Camellia Hair Oil", "동백 헤어 오일", 7, 24_500, 26, True),
    ("Hand Cream", "핸드크림", 7, 8_900, 58, True),
    ("Rice Cleanser", "쌀 클렌저", 7, 16_900, 36, True),
    ("Trekking Poles", "등산 스틱", 8, 68_000, 12, True),
    ("Camping Chair", "캠핑 의자", 8, 49_000, 20, True),
    ("Vacuum Bottle", "보온병", 8, 33_000, 32, True),
    ("Picnic Mat", "피크닉 매트", 8, 19_900, 27, True),
    ("Headlamp", "헤드랜턴", 8, 26_000, 15, True),
    ("Dry Bag", "방수 가방", 8, 31_000, 13, False),
)

UNSOLD_PRODUCT = ("Cassette Player", "카세트 플레이어", 5, 79_000)
"""Discontinued before the first sale."""

# name, country
SUPPLIERS: tuple[tuple[str, str], ...] = (
    ("한빛상사", "South Korea"),
    ("Blue Harbor Trading", "South Korea"),
    ("새벽농장", "South Korea"),
    ("Lotus Ceramics", "Vietnam"),
    ("Nordlys Home", "Denmark"),
    ("Sakura Paper", "Japan"),
    ("동해전자", "South Korea"),
    ("Sierra Beans", "Colombia"),
    ("Green Valley Foods", "United States"),
)

TEAMS: tuple[str, ...] = ("Retail", "Support", "Marketing", "Logistics")

FAMILY_NAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN_NAMES: tuple[str, ...] = (
    *(
        "민준",
        "서연",
        "도윤",
        "지우",
        "서준",
        "하윤",
        "예준",
        "서현",
        "시우",
        "민서",
        "하준",
        "지민",
        "주원",
        "채원",
        "지호",
    ),
    *(
        "수아",
        "지훈",
        "다은",
        "준우",
        "예은",
        "건우",
        "유진",
        "현우",
        "소율",
        "우진",
        "지안",
        "선우",
        "가은",
        "연우",
        "나윤",
    ),
    *("정우", "미영", "영수", "은지", "성민", "혜진", "동현", "수빈", "재원", "보라"),
)
FIRST_NAMES: tuple[str, ...] = (
    *("Emma", "Liam", "Olivia", "Noah", "Ava", "Lucas", "Mia", "Ethan", "Sofia", "James", "Chloe", "Daniel"),
    *("Grace", "Henry", "Hannah", "Oliver", "Julia", "Samuel", "Nora", "Thomas"),
)
LAST_NAMES: tuple[str, ...] = (
    *("Smith", "Johnson", "Garcia", "Miller", "Brown", "Wilson", "Martin", "Nguyen", "Walker", "Schmidt"),
    *("O'Connor", "Rossi", "Tanaka", "Silva", "Murphy", "Kowalski"),
)

REVIEWS: dict[int, tuple[str, ...]] = {
    1: ("상품이 파손되어 왔어요.", "Broken on arrival.", "설명과 너무 달라요."),
    2: ("생각보다 별로예요.", "Not what I expected.", "배송이 너무 늦었어요."),
    3: ("그냥 무난해요.", "It is okay.", "가격만큼이에요."),
    4: ("만족합니다.", "Good value.", "배송이 빨라요.", "Works well."),
    5: ("정말 좋아요!", "Love it!", "재구매할게요.", "Excellent quality.", "선물했는데 좋아하셨어요."),
}
REFUND_REASONS: tuple[str | None, ...] = ("defective", "late delivery", "changed mind", "wrong item", None)
