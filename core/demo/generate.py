"""Three years of a small shop, made up from a seed: the same seed and day give the same rows, everywhere."""

from datetime import date, timedelta

from core.demo.dice import Dice, running_sums
from core.demo.names import (
    CATEGORIES,
    CITIES,
    FAMILY_NAMES,
    FIRST_NAMES,
    GIVEN_NAMES,
    LAST_NAMES,
    PRODUCTS,
    SUPPLIERS,
    TEAMS,
    UNSOLD_PRODUCT,
)
from core.demo.orders import DAYS, Row, make_orders

CUSTOMERS = 2_400
EMPLOYEES = 24

_GRADES = ("bronze", "silver", "gold")


def make_rows(today: date, seed: int) -> dict[str, list[Row]]:
    """All rows of the shop by table, in the order of its columns, tables before those that point to them."""
    dice = Dice(seed)
    first_day = today - timedelta(days=DAYS - 1)
    joined = _join_days(dice, first_day)
    rows: dict[str, list[Row]] = {
        "cities": [(n, *city[:4]) for n, city in enumerate(CITIES, 1)],
        "customers": _customers(dice, today, joined),
        "categories": [(n, *category) for n, category in enumerate(CATEGORIES, 1)],
        "suppliers": [(n, *supplier) for n, supplier in enumerate(SUPPLIERS, 1)],
        "products": _products(dice, first_day),
        "employees": _employees(dice, first_day, today),
    }
    return rows | make_orders(dice, first_day, today, joined)


def _person(dice: Dice) -> str:
    if dice.happens(0.75):
        return dice.pick(FAMILY_NAMES) + dice.pick(GIVEN_NAMES)
    return f"{dice.pick(FIRST_NAMES)} {dice.pick(LAST_NAMES)}"


def _join_days(dice: Dice, first_day: date) -> list[date]:
    """The days customers joined, in order: some in the year before the first order, ever more often since."""
    before = 365
    days = sorted(int((before + DAYS) * dice.share() ** 0.7) for _ in range(CUSTOMERS - 1))
    return [first_day + timedelta(days=day - before) for day in (0, *days)]


def _customers(dice: Dice, today: date, joined: list[date]) -> list[Row]:
    cities = running_sums([city[4] for city in CITIES])
    grades = running_sums((70, 22, 8))
    rows: list[Row] = []
    for n, day in enumerate(joined, 1):
        phone = None if dice.happens(0.12) else f"010-{dice.between(2000, 9999)}-{dice.between(0, 9999):04}"
        birth_year = None if dice.happens(0.2) else today.year - dice.between(19, 70)
        email = f"customer{n:04}@example.com"
        grade, city = _GRADES[dice.index(grades)], 1 + dice.index(cities)
        rows.append((n, _person(dice), email, phone, birth_year, grade, city, day.isoformat()))
    return rows


def _products(dice: Dice, first_day: date) -> list[Row]:
    rows: list[Row] = []
    for n, (name, name_ko, category, price, _, is_sold) in enumerate(PRODUCTS, 1):
        supplier = None if n % 11 == 0 else dice.between(1, len(SUPPLIERS))
        cost = round(price * (0.45 + 0.25 * dice.share()) / 100) * 100
        launched = first_day - timedelta(days=dice.between(1, 900))
        status, stock = ("on sale", dice.between(0, 400)) if is_sold else ("discontinued", 0)
        rows.append((n, name, name_ko, category, supplier, price, cost, stock, status, launched.isoformat()))
    name, name_ko, category, price = UNSOLD_PRODUCT
    launched = first_day - timedelta(days=200)
    unsold = (name, name_ko, category, 7, price, price // 2, 3, "discontinued", launched.isoformat())
    return [*rows, (len(rows) + 1, *unsold)]


def _employees(dice: Dice, first_day: date, today: date) -> list[Row]:
    """A head, four team leads (2 to 5), and their people; two of them have left."""
    rows: list[Row] = []
    for n in range(1, EMPLOYEES + 1):
        team = TEAMS[(n - 2) % len(TEAMS)]
        manager = None if n == 1 else 1 if n <= 5 else 2 + (n - 2) % len(TEAMS)
        hired = first_day - timedelta(days=dice.between(30, 1500))
        left = (today - timedelta(days=dice.between(30, 600))).isoformat() if n in (9, 17) else None
        rows.append((n, _person(dice), team, manager, hired.isoformat(), left))
    return rows
