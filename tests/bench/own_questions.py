"""Questions with the tables they need, over schemas of our own, written by hand: the yardstick of schema linking that
is always at hand, in Korean and English.

Each schema has another habit of naming: abbreviations with a prefix, CamelCase, a star of dim_ and fact_ tables, plain
plurals, words run together, Korean. A schema is one table a line: `table: column*, column:type, column->table,
column=value|value`; `*` marks the key, `->` a foreign key to the other table's first column.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.ask.linking import Linker
from core.schema import Column, ColumnValues, Documentation, ForeignKey, Schema, Table
from tests.bench.schemas import made_up

SCHEMAS = {
    "hospital": """
t_pat: pat_id*:int, pat_nm, birth_dt:date, gndr_cd=M|F, blood_typ, tel_no, reg_dt:date, ins_cd->t_ins
t_doc: doc_id*:int, doc_nm, dept_cd->t_dept, lic_no, hire_dt:date, spec
t_dept: dept_cd*, dept_nm=Cardiology|Orthopedics|Pediatrics, floor_no:int, head_doc_id:int
t_appt: appt_id*:int, pat_id->t_pat, doc_id->t_doc, appt_dt:datetime, stat_cd=booked|no-show|done, room_no
t_adm: adm_id*:int, pat_id->t_pat, ward_id->t_ward, adm_dt:date, disch_dt:date, diag_cd->t_diag
t_ward: ward_id*:int, ward_nm, bed_cnt:int, dept_cd->t_dept
t_diag: diag_cd*, diag_nm=Type 2 Diabetes|Hypertension|Acute Bronchitis, chronic_yn
t_rx: rx_id*:int, appt_id->t_appt, drug_cd->t_drug, qty:int, dose, days_cnt:int
t_drug: drug_cd*, drug_nm, mfr_nm, unit_prc:num
t_bill: bill_no*:int, pat_id->t_pat, bill_dt:date, tot_amt:num, paid_amt:num, pay_mthd=card|cash
t_lab_rslt: rslt_id*:int, pat_id->t_pat, test_cd, test_nm, rslt_val:num, test_dt:datetime, abn_yn
t_ins: ins_cd*, ins_nm, cov_rt:num
""",
    "people": """
Employees: EmployeeId*:int, FullName, HireDate:date, DepartmentId->Departments, JobGradeId->JobGrades, \
ManagerId->Employees, OfficeId->Offices, WorkEmail, EmploymentType=Full-time|Contract
Departments: DepartmentId*:int, DepartmentName=Research and Development|Sales|Legal, CostCenter, HeadcountLimit:int
JobGrades: JobGradeId*:int, GradeName, MinBaseSalary:num, MaxBaseSalary:num
Payslips: PayslipId*:int, EmployeeId->Employees, PayMonth, BasePay:num, OvertimePay:num, IncomeTax:num, NetPay:num
LeaveRequests: LeaveRequestId*:int, EmployeeId->Employees, LeaveType=Annual|Sick|Parental, StartDate:date, \
EndDate:date, ApprovalStatus
PerformanceReviews: ReviewId*:int, EmployeeId->Employees, ReviewerId->Employees, ReviewYear:int, OverallScore:num
TrainingCourses: CourseId*:int, CourseTitle, Provider, DurationHours:int
TrainingAttendance: AttendanceId*:int, CourseId->TrainingCourses, EmployeeId->Employees, CompletedOn:date
Offices: OfficeId*:int, OfficeName, City=Seoul|Singapore|San Francisco, CountryCode
JobApplicants: ApplicantId*:int, FullName, AppliedOn:date, OpeningId->JobOpenings, Stage=Interview|Offer|Rejected
JobOpenings: OpeningId*:int, Title, DepartmentId->Departments, OpenedOn:date, IsClosed:bool
""",
    "freight": """
fact_shipment: shipment_key*:int, carrier_key->dim_carrier, depot_key->dim_depot, consignee_key->dim_consignee, \
ship_date_key->dim_date, weight_kg:num, freight_cost:num, delay_minutes:int
fact_stock_movement: movement_key*:int, sku_key->dim_sku, depot_key->dim_depot, date_key->dim_date, qty_in:int, \
qty_out:int
fact_fuel: fuel_key*:int, vehicle_key->dim_vehicle, date_key->dim_date, litres:num, fuel_cost:num
fact_trip: trip_key*:int, vehicle_key->dim_vehicle, driver_key->dim_driver, date_key->dim_date, distance_km:num
dim_carrier: carrier_key*:int, carrier_name, transport_mode=Air|Sea|Rail, contract_end:date
dim_depot: depot_key*:int, depot_name, city=Busan|Rotterdam|Los Angeles, storage_m2:num
dim_consignee: consignee_key*:int, company_name, country, credit_rating
dim_sku: sku_key*:int, sku_code, product_desc, hazardous_flag, unit_weight:num
dim_vehicle: vehicle_key*:int, plate_no, vehicle_type=Truck|Van, max_load_kg:num, purchase_year:int
dim_driver: driver_key*:int, driver_name, licence_class, birth_date:date
dim_date: date_key*:int, full_date:date, month_no:int, quarter_no:int, is_holiday:bool
""",
    "school": """
pupils: id*:int, first_name, last_name, birth_date:date, class_id->classes, guardian_id->guardians, house
teachers: id*:int, first_name, last_name, subject_id->subjects, joined_on:date
subjects: id*:int, title=Mathematics|World History|Music, weekly_lessons:int
classes: id*:int, label, year_group:int, homeroom_teacher_id->teachers, classroom
guardians: id*:int, first_name, last_name, phone, relationship=Mother|Father|Grandparent
exams: id*:int, subject_id->subjects, held_on:date, max_marks:int
exam_marks: id*:int, exam_id->exams, pupil_id->pupils, marks:int
absences: id*:int, pupil_id->pupils, day:date, reason=Illness|Family trip, excused:bool
clubs: id*:int, name=Chess Club|Robotics, meeting_day, leader_id->teachers
club_members: club_id*->clubs, pupil_id*->pupils, joined_on:date
library_loans: id*:int, pupil_id->pupils, book_title, borrowed_on:date, returned_on:date
canteen_menus: id*:int, day:date, main_dish, calories:int
""",
    "bank": """
custmast: custno*, custname, birthdt:date, custgrade=Gold|Private Banking, branchno->branchinfo, joindt:date
acctmast: acctno*, custno->custmast, accttype=Savings|Checking|Time Deposit, opendt:date, balamt:num, closedt:date
accttxn: txnno*, acctno->acctmast, txndt:datetime, txntype=Deposit|Withdrawal|Wire Transfer, txnamt:num, channelcd
branchinfo: branchno*, branchname, regioncd, openyr:int, mgrempno->empmast
empmast: empno*, empname, branchno->branchinfo, jobtitle, hiredt:date
loanmast: loanno*, custno->custmast, loantype=Mortgage|Auto Loan, prinamt:num, intrate:num, startdt:date, matdt:date
loanrepay: repayno*, loanno->loanmast, duedt:date, paiddt:date, repayamt:num, overdueyn
cardmast: cardno*, custno->custmast, cardtype, issuedt:date, limitamt:num, lostyn
cardtxn: cardtxnno*, cardno->cardmast, usedt:datetime, useamt:num, shopname, bizcatcd
fxrate: currcd*, basedt*:date, buyrate:num, sellrate:num
custaddr: custno*->custmast, addrtype, zipcode, cityname, streetname
""",
    "game": """
tbl_player: player_id*:int, nick_name, country_code, reg_date:date, last_login:datetime, is_banned:bool
tbl_character: character_id*:int, player_id->tbl_player, char_class=Mage|Dark Knight, char_level:int, exp_point:int
tbl_guild: guild_id*:int, guild_name=Night Owls|Iron Legion, master_player_id->tbl_player, created_date:date
tbl_guild_member: guild_id*->tbl_guild, player_id*->tbl_player, rank_cd, contribution:int
tbl_item: item_id*:int, item_name, rarity=Common|Legendary, attack_power:int, shop_price:int
tbl_inventory: player_id*->tbl_player, item_id*->tbl_item, qty:int, acquired_at:datetime
tbl_match: match_id*:int, game_mode=Team Deathmatch|Battle Royale, map_name, started_at:datetime, duration_sec:int
tbl_match_result: match_id*->tbl_match, player_id*->tbl_player, kill_cnt:int, death_cnt:int, is_winner:bool
tbl_purchase: purchase_id*:int, player_id->tbl_player, product_code, paid_amt:num, currency, purchased_at:datetime
tbl_season: season_id*:int, season_name, start_date:date, end_date:date
tbl_season_rank: season_id*->tbl_season, player_id*->tbl_player, rating_point:int, final_rank:int
tbl_report: report_id*:int, reporter_id->tbl_player, target_id->tbl_player, report_reason=Cheating|Abusive chat, \
handled:bool
""",
    "market": """
users: id*:int, email, display_name, signup_at:datetime, birth_year:int, tier=BRONZE|SILVER|VIP
sellers: id*:int, brand_name, biz_reg_no, commission_rate:num, approved_at:datetime
categories: id*:int, parent_id->categories, name=Home Appliances|Women's Clothing|Toys
products: id*:int, seller_id->sellers, category_id->categories, name, list_price:num, stock_qty:int, on_sale:bool
orders: id*:int, user_id->users, ordered_at:datetime, status=PAID|SHIPPED|CANCELLED, ship_fee:num, coupon_id->coupons
order_items: id*:int, order_id->orders, product_id->products, quantity:int, unit_price:num
carts: id*:int, user_id->users, product_id->products, added_at:datetime
coupons: id*:int, code=WELCOME10|SUMMER2024, discount_pct:num, expires_at:datetime
reviews: id*:int, product_id->products, user_id->users, stars:int, body, written_at:datetime
refunds: id*:int, order_item_id->order_items, reason, amount:num, requested_at:datetime
deliveries: id*:int, order_id->orders, courier, tracking_no, delivered_at:datetime
wishlists: user_id*->users, product_id*->products, created_at:datetime
""",
    "cloud": """
organizations: org_id*:int, org_name, industry=Retail|Health Care, created_at:datetime, plan_id->plans
members: member_id*:int, org_id->organizations, email, role=owner|admin|viewer, last_seen_at:datetime
plans: plan_id*:int, plan_name=Free|Team|Enterprise Plus, monthly_fee:num, seat_limit:int
subscriptions: sub_id*:int, org_id->organizations, plan_id->plans, started_on:date, cancelled_on:date, auto_renew:bool
invoices: invoice_no*, org_id->organizations, issued_on:date, due_on:date, total_amt:num, is_paid:bool
invoice_lines: line_id*:int, invoice_no->invoices, description, qty:int, amt:num
usage_events: event_id*:int, org_id->organizations, member_id->members, event_type=api_call|file_upload, \
occurred_at:datetime, bytes_used:int
api_keys: key_id*:int, org_id->organizations, created_by->members, revoked_at:datetime
support_tickets: ticket_id*:int, org_id->organizations, opened_by->members, subject, priority=Low|Urgent, \
opened_at:datetime, resolved_at:datetime
ticket_replies: reply_id*:int, ticket_id->support_tickets, author_id->members, replied_at:datetime
feature_flags: flag_id*:int, flag_key, enabled:bool, rollout_pct:num
incidents: incident_id*:int, severity, started_at:datetime, ended_at:datetime, root_cause
""",
    "library": """
회원: 회원번호*:int, 이름, 가입일:date, 등급=일반|우수, 분관번호->분관
도서: 도서번호*:int, 제목, 저자, 출판사, 출판연도:int, 분류코드->분류
대출: 대출번호*:int, 회원번호->회원, 도서번호->도서, 대출일:date, 반납예정일:date, 반납일:date
예약: 예약번호*:int, 회원번호->회원, 도서번호->도서, 예약일:date
분관: 분관번호*:int, 분관명, 주소, 좌석수:int
분류: 분류코드*, 분류명=소설|과학
연체료: 연체번호*:int, 대출번호->대출, 금액:num, 납부여부
직원: 직원번호*:int, 이름, 분관번호->분관, 입사일:date, 급여:num
행사: 행사번호*:int, 행사명, 분관번호->분관, 개최일:date, 정원:int
""",
}

QUESTIONS = """
hospital
ko 환자는 모두 몇 명인가요? : t_pat
ko 진료과별 의사 수를 알려줘 : t_dept t_doc
ko 지난달 예약을 가장 많이 받은 의사 이름은? : t_appt t_doc
ko 입원 환자가 가장 많은 병동은 어디야? : t_adm t_ward
ko 고혈압으로 입원한 환자 목록 : t_adm t_pat t_diag
ko 가장 비싼 약 5개와 제조사를 보여줘 : t_drug
ko 처방 수량이 많은 약품 순위 : t_rx t_drug
ko 환자별 청구 금액 합계 : t_bill t_pat
ko 보험별 평균 수납액은 얼마인가요? : t_bill t_pat t_ins
ko 검사 결과가 비정상인 환자는 몇 명이야? : t_lab_rslt
ko 병상이 30개 이상인 병동은? : t_ward
en How many patients does each doctor see? : t_appt t_doc
en List the departments with more than five doctors. : t_dept t_doc
en Which drugs were prescribed most often? : t_rx t_drug
en What is the total amount billed to female patients? : t_bill t_pat
en Show patients admitted with acute bronchitis. : t_adm t_pat t_diag
people
ko 부서별 직원 수 : Employees Departments
ko 2024년에 입사한 직원은 몇 명이야? : Employees
ko 이번 달 야근 수당이 가장 많은 사람은? : Payslips Employees
ko 직급별 최고 기본급을 보여줘 : JobGrades
ko 병가를 가장 많이 쓴 부서는? : LeaveRequests Employees Departments
ko 승인 대기 중인 휴가 신청 목록 : LeaveRequests
ko 인사 평가 점수 평균이 가장 높은 부서 : PerformanceReviews Employees Departments
ko 교육 과정별 수료 인원 : TrainingCourses TrainingAttendance
ko 서울 사무실에서 일하는 직원 이름 : Employees Offices
ko 면접 단계에 있는 지원자는 몇 명인가요? : JobApplicants
ko 부서별로 열려 있는 채용 공고 수 : JobOpenings Departments
en Who earns the highest net pay? : Payslips Employees
en Average overall score by department : PerformanceReviews Employees Departments
en How many people work in the Singapore office? : Employees Offices
en Courses that staff of Research and Development completed : TrainingCourses TrainingAttendance Employees Departments
en Count the applicants for each job opening. : JobApplicants JobOpenings
freight
ko 운송사별 운임 합계 : fact_shipment dim_carrier
ko 지연 시간이 가장 긴 배송 10건 : fact_shipment
ko 부산 창고의 월별 출고 수량 : fact_stock_movement dim_depot dim_date
ko 차량별 연료비를 알려줘 : fact_fuel dim_vehicle
ko 운전기사별 총 운행 거리 : fact_trip dim_driver
ko 위험물 품목은 몇 개인가요? : dim_sku
ko 휴일에 운행한 트럭은 몇 대야? : fact_trip dim_vehicle dim_date
ko 국가별 수하인 수 : dim_consignee
ko 해상 운송사의 계약 종료일 : dim_carrier
ko 분기별 배송 중량 합계 : fact_shipment dim_date
en Total freight cost per carrier : fact_shipment dim_carrier
en Which driver drove the longest distance on holidays? : fact_trip dim_driver dim_date
en How many litres of fuel did each truck use? : fact_fuel dim_vehicle
en Average delay of shipments by country of the consignee : fact_shipment dim_consignee
en Stock moved out of the Los Angeles depot per quarter : fact_stock_movement dim_depot dim_date
school
ko 학급별 학생 수를 보여줘 : pupils classes
ko 수학 시험 평균 점수는? : exam_marks exams subjects
ko 담임 선생님 이름과 학급 : classes teachers
ko 결석이 가장 많은 학생은 누구야? : absences pupils
ko 체스 동아리에 가입한 학생 이름 : club_members pupils clubs
ko 보호자 연락처 목록 : guardians
ko 아직 책을 반납하지 않은 학생 : library_loans pupils
ko 오늘 급식 메뉴는? : canteen_menus
ko 과목별 교사 수 : teachers subjects
ko 동아리별 회원 수가 많은 순서 : club_members clubs
en Which pupils scored more than 90 in world history? : exam_marks exams pupils subjects
en Names of teachers who lead a club : teachers clubs
en How many children were absent because of illness? : absences
en Number of pupils per year group : pupils classes
en Which books were borrowed most often? : library_loans
bank
ko 지점별 고객 수 : custmast branchinfo
ko 잔액이 1억 이상인 계좌는 몇 개야? : acctmast
ko 지난달 출금 거래 금액 합계 : accttxn
ko 연체된 대출 상환 건수 : loanrepay
ko 대출 종류별 평균 금리 : loanmast
ko 카드 이용 금액이 가장 큰 가맹점 : cardtxn
ko 분실된 카드를 가진 고객 이름 : cardmast custmast
ko 오늘 달러 환율 알려줘 : fxrate
ko 지점별 직원 수와 지점장 이름 : empmast branchinfo
ko 서울에 사는 고객의 주소 : custaddr custmast
ko 골드 등급 고객의 예금 잔액 합계 : custmast acctmast
en Total balance of savings accounts per branch : acctmast custmast branchinfo
en Which customers have an overdue mortgage? : custmast loanmast loanrepay
en How many wire transfers were made this year? : accttxn
en List employees hired before 2015 with their branch name. : empmast branchinfo
en What is the credit limit of each customer's card? : cardmast custmast
game
ko 길드별 멤버 수 : tbl_guild tbl_guild_member
ko 전설 등급 아이템 목록 : tbl_item
ko 이번 시즌 랭킹 상위 10명 닉네임 : tbl_season_rank tbl_season tbl_player
ko 배틀로얄 모드에서 킬 수가 가장 많은 플레이어 : tbl_match tbl_match_result tbl_player
ko 국가별 결제 금액 합계 : tbl_purchase tbl_player
ko 캐릭터 직업별 평균 레벨 : tbl_character
ko 어뷰징 신고를 가장 많이 받은 유저 : tbl_report tbl_player
ko 인벤토리에 아이템을 가장 많이 가진 유저는? : tbl_inventory tbl_player
ko 맵별 평균 경기 시간 : tbl_match
ko 길드 마스터의 마지막 접속일 : tbl_guild tbl_player
en How many players joined the guild Iron Legion? : tbl_guild_member tbl_guild
en Which legendary items does each player own? : tbl_inventory tbl_item tbl_player
en Win rate per map : tbl_match_result tbl_match
en Average character level of banned players : tbl_character tbl_player
en Revenue by currency : tbl_purchase
market
ko 월별 주문 건수와 매출 : orders order_items
ko VIP 회원의 평균 주문 금액 : users orders order_items
ko 카테고리별 상품 수 : categories products
ko 판매자별 판매 수량 합계 : sellers products order_items
ko 별점이 가장 낮은 상품 5개 : reviews products
ko 환불 사유별 환불 금액 : refunds
ko 쿠폰을 사용한 주문은 몇 건이야? : orders coupons
ko 장바구니에 담겼지만 주문되지 않은 상품 : carts products orders order_items
ko 배송 완료까지 평균 며칠 걸려? : deliveries orders
ko 찜이 많은 상품 순위 : wishlists products
ko 재고가 10개 미만인 상품 : products
en Which sellers have the highest refund amount? : refunds order_items products sellers
en Average stars of home appliances : reviews products categories
en Number of users who signed up this year and never ordered : users orders
en Revenue from orders with the coupon SUMMER2024 : orders coupons order_items
en Which courier delivers fastest? : deliveries orders
cloud
ko 요금제별 구독 고객사 수 : plans subscriptions
ko 미납 청구서 금액 합계 : invoices
ko 긴급 문의 티켓 중 아직 해결되지 않은 것 : support_tickets
ko 조직별 API 호출 수 : organizations usage_events
ko 이번 달 구독을 취소한 조직은? : subscriptions organizations
ko 가장 답변을 많이 단 구성원 : ticket_replies members
ko 폐기된 API 키는 몇 개야? : api_keys
ko 심각도별 장애 건수 : incidents
ko 산업별 월 요금 합계 : organizations plans
ko 켜져 있는 기능 플래그 목록 : feature_flags
en Which organizations uploaded the most bytes? : organizations usage_events
en Unpaid invoices of health care companies : invoices organizations
en Average time to resolve an urgent ticket : support_tickets
en How many admins does each organization have? : members organizations
en Amount per invoice line description : invoice_lines
library
ko 가장 많이 빌려간 책은? : 대출 도서
ko 연체료를 내지 않은 회원 : 연체료 대출 회원
en How many books does each category have? : 도서 분류
en Which members borrowed the most books? : 회원 대출 도서
en Total late fees per member : 연체료 대출 회원
en Branches with more than 100 seats : 분관
en Average salary of employees by branch : 직원 분관
en Upcoming events and their capacity : 행사
"""

WRITTEN = """
hospital t_appt 진료 예약, 예약, appointment, visit
hospital t_adm 입원, 입퇴원, admission, hospitalization
hospital t_rx 처방, 처방전, prescription
hospital t_lab_rslt 검사 결과, lab result, test
people Payslips 급여명세서, 월급, 수당, payslip, pay
people LeaveRequests 휴가 신청, 연차, 병가, leave, time off
people PerformanceReviews 인사 평가, 고과, performance review, appraisal
people JobApplicants 지원자, applicant, candidate
freight fact_shipment 배송, 운송, 운임, shipment, freight
freight fact_stock_movement 입출고, 재고 이동, stock movement
freight dim_consignee 수하인, 받는 회사, consignee, recipient
freight dim_depot 창고, 물류센터, depot, warehouse
school pupils 학생, student, child
school absences 결석, absence
school exam_marks 시험 점수, 성적, exam score, grade
school guardians 보호자, 학부모, parent, guardian
bank accttxn 계좌 거래, 입출금, account transaction
bank loanrepay 대출 상환, 연체, loan repayment, overdue
bank cardtxn 카드 이용 내역, 가맹점, card transaction, merchant
bank custmast 고객, 고객 원장, customer
game tbl_season_rank 시즌 랭킹, 순위, season ranking
game tbl_match_result 경기 결과, 킬, 승률, match result, win
game tbl_purchase 결제, 인앱 구매, purchase, revenue
game tbl_report 신고, report, abuse
market order_items 주문 상품, 매출, 판매, order item, sales
market refunds 환불, refund
market deliveries 배송, 택배, delivery
market wishlists 찜, 위시리스트, wish list
cloud usage_events 사용량, 호출, usage, api call
cloud incidents 장애, incident, outage
cloud organizations 고객사, 조직, organization, company
cloud feature_flags 기능 플래그, feature flag
library 대출 loan, borrowing, checkout
library 연체료 late fee, fine
library 행사 event, program
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its language and schema, and the tables it cannot be answered without."""

    schema: str
    language: str
    text: str
    tables: frozenset[str]


def _lines(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line.strip()]


def asked() -> list[Asked]:
    """All questions."""
    found: list[Asked] = []
    schema = ""
    for line in _lines(QUESTIONS):
        if line in SCHEMAS:
            schema = line
            continue
        before, _, tables = line.rpartition(" : ")
        language, _, text = before.partition(" ")
        found.append(Asked(schema, language, text, frozenset(tables.split())))
    return found


def schema(name: str, inside: str = "") -> Schema:
    """One schema; its tables are qualified with `inside` when it is given."""
    rows = {line.partition(":")[0]: line.partition(":")[2].split(",") for line in _lines(SCHEMAS[name])}
    prefix = f"{inside}." if inside else ""
    tables: list[Table] = []
    values: list[ColumnValues] = []
    for table, written in rows.items():
        columns: list[Column] = []
        key: list[str] = []
        foreign: list[ForeignKey] = []
        for part in written:
            rest, _, samples = part.strip().partition("=")
            rest, _, other = rest.partition("->")
            rest, _, kind = rest.partition(":")
            column = rest.removesuffix("*")
            columns.append(Column(column, kind or "text"))
            if rest.endswith("*"):
                key.append(column)
            if other:
                first = rows[other][0].strip().partition("*")[0]
                foreign.append(ForeignKey((column,), prefix + other, (first,)))
            if samples:
                values.append(ColumnValues(prefix + table, column, tuple(samples.split("|"))))
        tables.append(Table(table, tuple(columns), inside, primary_key=tuple(key), foreign_keys=tuple(foreign)))
    return Schema("postgres", tuple(tables), tuple(values))


def merged(noise: Schema) -> Schema:
    """All schemas and the noise as one warehouse."""
    parts = [schema(name, name) for name in SCHEMAS] + [noise]
    return Schema(
        "postgres",
        tuple(table for part in parts for table in part.tables),
        tuple(values for part in parts for values in part.values),
    )


def places(written: bool) -> list[tuple[str, Callable[[Asked], tuple[Linker, str]], dict[int, tuple[int, int]]]]:
    """Where the questions are asked: what it is called, the linker and the prefix of the tables for a question, and
    for each budget the least share in percent of Korean and of English questions whose tables are all kept."""
    alone = {name: Linker(schema(name), (), documentation(name) if written else ()) for name in SCHEMAS}
    every = [entry for name in SCHEMAS for entry in documentation(name, name)] if written else []
    side_by_side = Linker(merged(made_up(0)), (), every)
    noisy = Linker(merged(made_up(200)), (), every)
    return [
        ("alone", lambda asked: (alone[asked.schema], ""), {125: (98, 94), 350: (100, 100)}),
        ("side by side", lambda asked: (side_by_side, f"{asked.schema}."), {125: (94, 90), 350: (97, 98)}),
        ("among 200 others", lambda asked: (noisy, f"{asked.schema}."), {125: (84, 82), 350: (95, 97)}),
    ]


def recall(asked: list[Asked], linker: Callable[[Asked], tuple[Linker, str]], budget: int) -> dict[str, float]:
    """By language the share in percent of questions whose tables are all kept."""
    kept: dict[str, list[bool]] = {}
    for each in asked:
        own, prefix = linker(each)
        found = {table.id for table in own.link(each.text, budget).tables}
        kept.setdefault(each.language, []).append({prefix + table for table in each.tables} <= found)
    return {language: 100 * sum(whole) / len(whole) for language, whole in kept.items()}


def documentation(name: str, inside: str = "") -> list[Documentation]:
    """What a model would write of a third of the tables: what people call them."""
    found: list[Documentation] = []
    for line in _lines(WRITTEN):
        schema_name, table, words = line.split(" ", 2)
        if schema_name == name:
            prefix = f"{inside}." if inside else ""
            found.append(Documentation(prefix + table, words=tuple(word.strip() for word in words.split(","))))
    return found
