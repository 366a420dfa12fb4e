"""The tables of the demo shop, as SQL. The comment at a line's end is the comment of its table or column."""

TABLES: dict[str, str] = {
    "cities": """CREATE TABLE cities ( -- Cities that customers live in / 도시
    id INTEGER PRIMARY KEY, -- City id / 도시 번호
    name TEXT NOT NULL, -- City name in English / 영어 도시 이름
    name_ko TEXT NOT NULL, -- City name in Korean / 한국어 도시 이름
    region TEXT NOT NULL, -- Region in English / 영어 권역
    region_ko TEXT NOT NULL -- Region in Korean / 한국어 권역
)""",
    "customers": """CREATE TABLE customers ( -- Customers / 고객
    id INTEGER PRIMARY KEY, -- Customer id / 고객 번호
    name TEXT NOT NULL, -- Customer name / 고객 이름
    email TEXT NOT NULL UNIQUE, -- E-mail address / 이메일
    phone TEXT, -- Phone number, not everybody gave one / 전화번호
    birth_year INTEGER, -- Year of birth, not everybody gave one / 출생 연도
    grade TEXT NOT NULL, -- Membership grade: bronze, silver, gold / 회원 등급
    city_id INTEGER NOT NULL REFERENCES cities(id), -- City the customer lives in / 거주 도시
    joined_on DATE NOT NULL -- Day the customer joined / 가입일
)""",
    "categories": """CREATE TABLE categories ( -- Product categories / 상품 카테고리, 분류
    id INTEGER PRIMARY KEY, -- Category id / 카테고리 번호
    name TEXT NOT NULL, -- Category name in English / 영어 카테고리 이름
    name_ko TEXT NOT NULL -- Category name in Korean / 한국어 카테고리 이름
)""",
    "suppliers": """CREATE TABLE suppliers ( -- Suppliers / 공급업체
    id INTEGER PRIMARY KEY, -- Supplier id / 공급업체 번호
    name TEXT NOT NULL, -- Supplier name / 공급업체 이름
    country TEXT NOT NULL -- Country of the supplier / 국가
)""",
    "products": """CREATE TABLE products ( -- Products / 상품, 제품
    id INTEGER PRIMARY KEY, -- Product id / 상품 번호
    name TEXT NOT NULL, -- Product name in English / 영어 상품 이름
    name_ko TEXT NOT NULL, -- Product name in Korean / 한국어 상품 이름
    category_id INTEGER NOT NULL REFERENCES categories(id), -- Category / 카테고리
    supplier_id INTEGER REFERENCES suppliers(id), -- Supplier, empty for the shop's own make / 공급업체
    price INTEGER NOT NULL, -- List price in KRW / 정가(원)
    unit_cost INTEGER NOT NULL, -- Purchase cost of one in KRW / 매입 원가(원)
    stock INTEGER NOT NULL, -- Pieces in stock / 재고 수량
    status TEXT NOT NULL, -- Status: on sale, discontinued / 판매 상태
    launched_on DATE NOT NULL -- Day of the first offer / 출시일
)""",
    "employees": """CREATE TABLE employees ( -- Employees / 직원
    id INTEGER PRIMARY KEY, -- Employee id / 직원 번호
    name TEXT NOT NULL, -- Employee name / 직원 이름
    team TEXT NOT NULL, -- Team: Retail, Support, Marketing, Logistics / 팀, 부서
    manager_id INTEGER REFERENCES employees(id), -- Manager, empty for the head / 관리자
    hired_on DATE NOT NULL, -- Day of hiring / 입사일
    left_on DATE -- Last day, empty while employed / 퇴사일
)""",
    "orders": """CREATE TABLE orders ( -- Orders / 주문
    id INTEGER PRIMARY KEY, -- Order id / 주문 번호
    customer_id INTEGER NOT NULL REFERENCES customers(id), -- Customer who ordered / 주문 고객
    employee_id INTEGER REFERENCES employees(id), -- Employee who took a phone order, else empty / 담당 직원
    ordered_at DATETIME NOT NULL, -- Time of the order / 주문 일시
    status TEXT NOT NULL, -- Status: pending, paid, shipped, delivered, cancelled / 주문 상태
    channel TEXT NOT NULL, -- Channel: web, app, phone / 주문 경로, 채널
    coupon TEXT -- Coupon code, empty without one / 쿠폰
)""",
    "order_items": """CREATE TABLE order_items ( -- Lines of orders / 주문 내역, 주문 항목
    id INTEGER PRIMARY KEY, -- Line id / 주문 내역 번호
    order_id INTEGER NOT NULL REFERENCES orders(id), -- Order / 주문
    product_id INTEGER NOT NULL REFERENCES products(id), -- Product / 상품
    quantity INTEGER NOT NULL, -- Pieces sold / 판매 수량
    unit_price INTEGER NOT NULL, -- Price of one at the time in KRW / 판매 단가(원)
    discount INTEGER NOT NULL, -- Discount on the line in KRW / 할인액(원)
    amount INTEGER NOT NULL -- Sales amount in KRW after discount, 0 when the order was cancelled / 매출, 매출액(원)
)""",
    "payments": """CREATE TABLE payments ( -- Payments of orders / 결제
    id INTEGER PRIMARY KEY, -- Payment id / 결제 번호
    order_id INTEGER NOT NULL REFERENCES orders(id), -- Order paid for / 주문
    method TEXT NOT NULL, -- Method: card, transfer, mobile / 결제 수단
    status TEXT NOT NULL, -- Status: succeeded, failed, cancelled / 결제 상태
    paid_amount INTEGER NOT NULL, -- Amount of the payment in KRW / 결제 금액(원)
    paid_at DATETIME NOT NULL -- Time of the payment / 결제 일시
)""",
    "refunds": """CREATE TABLE refunds ( -- Refunds / 환불
    id INTEGER PRIMARY KEY, -- Refund id / 환불 번호
    order_item_id INTEGER NOT NULL REFERENCES order_items(id), -- Line that was refunded / 환불된 주문 내역
    refund_amount INTEGER NOT NULL, -- Amount given back in KRW / 환불 금액(원)
    reason TEXT, -- Reason, empty when none was given / 환불 사유
    refunded_at DATETIME NOT NULL -- Time of the refund / 환불 일시
)""",
    "reviews": """CREATE TABLE reviews ( -- Product reviews / 상품 후기, 리뷰
    id INTEGER PRIMARY KEY, -- Review id / 후기 번호
    product_id INTEGER NOT NULL REFERENCES products(id), -- Product / 상품
    customer_id INTEGER NOT NULL REFERENCES customers(id), -- Customer who wrote it / 작성 고객
    rating INTEGER NOT NULL, -- Rating from 1 to 5 / 평점
    comment TEXT, -- Text, empty when only a rating was given / 후기 내용
    written_at DATETIME NOT NULL -- Time of the review / 작성 일시
)""",
}

INDEXES: tuple[str, ...] = (
    "CREATE INDEX orders_customer ON orders (customer_id)",
    "CREATE INDEX orders_time ON orders (ordered_at)",
    "CREATE INDEX order_items_order ON order_items (order_id)",
    "CREATE INDEX order_items_product ON order_items (product_id)",
    "CREATE INDEX payments_order ON payments (order_id)",
    "CREATE INDEX refunds_item ON refunds (order_item_id)",
    "CREATE INDEX reviews_product ON reviews (product_id)",
)
