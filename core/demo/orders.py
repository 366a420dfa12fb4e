"""Orders of the demo shop with their lines, payments, refunds and reviews."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.demo.dice import Dice, running_sums
from core.demo.names import PRODUCTS, REFUND_REASONS, REVIEWS

Row = tuple[object, ...]

DAYS = 3 * 365 + 1
"""Days with orders, the last being today."""
ORDER_ITEMS = 50_000

_WITHOUT_ORDERS = 40
"""Every fortieth customer has never ordered."""
_GROWTH = 0.9
"""Orders a day grow by this share from the first day to the last."""
_MONTHS = (0.95, 0.9, 0.95, 0.95, 1.05, 0.95, 0.9, 0.9, 1.15, 1.0, 1.35, 1.3)
"""How busy a month is: the lull of winter and summer, Family Month, harvest festival, November sale, Christmas."""
_WEEKDAYS = (1.1, 1.0, 1.0, 1.0, 0.95, 0.85, 1.1)
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 11, 12, 12, 13, 11, 10, 10, 10, 11, 12, 14, 17, 18, 14, 7)
_OPENING = 9
"""Orders of the last day are from before this hour, so that few lie in the future of whoever looks."""
_END_OF_SALE = 300
"""Days before today on which the discontinued products were sold for the last time."""

_SIZES = running_sums((35, 30, 18, 10, 5, 2))
"""How likely an order has one line, two, …"""
_HOUR_SUMS = running_sums(_HOURS)
_POPULARITY = running_sums([product[4] for product in PRODUCTS])
_POPULARITY_NOW = running_sums([product[4] if product[5] else 0 for product in PRODUCTS])
_RATINGS = running_sums((4, 6, 15, 35, 40))
_CHANNELS, _CHANNEL_SUMS = ("web", "app", "phone"), running_sums((45, 47, 8))
_METHODS, _METHOD_SUMS = ("card", "mobile", "transfer"), running_sums((60, 30, 10))
_COUPONS = ("WELCOME", "SPRING10", "THANKS")
_PHONE_STAFF = (2, 6, 10, 14, 18, 22)


@dataclass(frozen=True, slots=True)
class _Order:
    id: int
    at: datetime
    customer_id: int
    status: str
    coupon: str | None


def make_orders(dice: Dice, first_day: date, today: date, joined: Sequence[date]) -> dict[str, list[Row]]:
    """The rows of orders and of what belongs to them. `joined`: the days the customers joined, in order."""
    ledger = _Ledger(dice, today)
    sizes = _sizes(dice)
    for n, (at, size) in enumerate(zip(_moments(dice, first_day, len(sizes)), sizes, strict=True), 1):
        # The longer someone is a customer, the more they have ordered.
        customer = 1 + int(bisect_right(joined, at.date()) * dice.share() ** 1.4)
        customer -= customer % _WITHOUT_ORDERS == 0
        coupon = dice.pick(_COUPONS) if dice.happens(0.12) else None
        ledger.enter(_Order(n, at, customer, _status(dice, (today - at.date()).days), coupon), size)
    return ledger.rows


def _sizes(dice: Dice) -> list[int]:
    """How many lines each order has: `ORDER_ITEMS` together."""
    sizes: list[int] = []
    left = ORDER_ITEMS
    while left:
        size = min(left, 1 + dice.index(_SIZES))
        sizes.append(size)
        left -= size
    return sizes


def _moments(dice: Dice, first_day: date, count: int) -> list[datetime]:
    """Times of so many orders, in order: by season, weekday and hour, and growing."""
    weights = []
    for n in range(DAYS):
        day = first_day + timedelta(days=n)
        noise = 0.85 + 0.3 * dice.share()
        weights.append((1 + _GROWTH * n / DAYS) * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * noise)
    weights[-1] *= sum(_HOURS[:_OPENING]) / sum(_HOURS)
    sums = running_sums(weights)
    moments = []
    for _ in range(count):
        n = dice.index(sums)
        hour = dice.index(_HOUR_SUMS[:_OPENING] if n == DAYS - 1 else _HOUR_SUMS)
        clock = time(hour, dice.between(0, 59), dice.between(0, 59))
        moments.append(datetime.combine(first_day + timedelta(days=n), clock))
    return sorted(moments)


def _status(dice: Dice, age: int) -> str:
    if dice.happens(0.04):
        return "cancelled"
    if age <= 1:
        return "pending" if dice.happens(0.3) else "paid"
    return "shipped" if age <= 4 else "delivered"


class _Ledger:
    """Rows as they are entered, order after order."""

    def __init__(self, dice: Dice, today: date) -> None:
        self._dice = dice
        self._today = today
        self._end = datetime.combine(today, time(_OPENING))
        self.rows: dict[str, list[Row]] = {
            table: [] for table in ("orders", "order_items", "payments", "refunds", "reviews")
        }

    def _add(self, table: str, *values: object) -> int:
        rows = self.rows[table]
        rows.append((len(rows) + 1, *values))
        return len(rows)

    def enter(self, order: _Order, size: int) -> None:
        """Enter an order of `size` lines, its payment, and what came of it."""
        dice = self._dice
        channel = _CHANNELS[dice.index(_CHANNEL_SUMS)]
        employee = dice.pick(_PHONE_STAFF) if channel == "phone" else None
        self._add("orders", order.customer_id, employee, str(order.at), order.status, channel, order.coupon)
        is_old = (self._today - order.at.date()).days > _END_OF_SALE
        popularity = _POPULARITY if is_old else _POPULARITY_NOW
        products: set[int] = set()
        total = 0
        while len(products) < size:
            product = 1 + dice.index(popularity)
            if product not in products:
                products.add(product)
                total += self._line(order, product)
        self._payment(order, total)

    def _line(self, order: _Order, product: int) -> int:
        """One line; its amount before a cancellation."""
        dice = self._dice
        list_price = PRODUCTS[product - 1][3]
        quantity = 1 if dice.happens(0.72) else dice.between(2, 4)
        # Prices rose once: older orders were five per cent cheaper.
        is_old = (self._today - order.at.date()).days > 540
        price = round(list_price * 0.95 / 100) * 100 if is_old else list_price
        discount = quantity * price // 10 // 100 * 100 if order.coupon else 0
        full = quantity * price - discount
        is_cancelled = order.status == "cancelled"
        line = self._add("order_items", order.id, product, quantity, price, discount, 0 if is_cancelled else full)
        if order.status == "delivered":
            self._aftermath(order, line, product, full)
        return full

    def _aftermath(self, order: _Order, line: int, product: int, amount: int) -> None:
        dice = self._dice
        is_refunded = dice.happens(0.02)
        if is_refunded:
            at = self._later(order.at, 2, 14)
            given = amount if dice.happens(0.8) else amount // 2
            self._add("refunds", line, given, dice.pick(REFUND_REASONS), str(at))
        if dice.happens(0.14):
            rating = dice.between(1, 2) if is_refunded else 1 + dice.index(_RATINGS)
            comment = dice.pick(REVIEWS[rating]) if dice.happens(0.7) else None
            self._add("reviews", product, order.customer_id, rating, comment, str(self._later(order.at, 3, 30)))

    def _later(self, at: datetime, least: int, most: int) -> datetime:
        """Some days later, but not after the end of the data."""
        dice = self._dice
        return min(at + timedelta(days=dice.between(least, most), minutes=dice.between(0, 600)), self._end)

    def _payment(self, order: _Order, total: int) -> None:
        dice = self._dice
        method = _METHODS[dice.index(_METHOD_SUMS)]
        at = order.at + timedelta(seconds=dice.between(20, 240))
        if order.status == "pending":
            return
        if dice.happens(0.02):
            self._add("payments", order.id, method, "failed", total, str(at))
            at += timedelta(seconds=dice.between(30, 300))
        if order.status != "cancelled":
            self._add("payments", order.id, method, "succeeded", total, str(at))
        elif dice.happens(0.5):
            self._add("payments", order.id, method, "cancelled", total, str(at))
