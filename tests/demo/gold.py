"""The right SQL for the three questions to try, in the order of `core.demo.questions`."""

GOLD: tuple[str, str, str] = (
    """SELECT COUNT(*) AS customers
FROM customers JOIN cities ON cities.id = customers.city_id
WHERE cities.name = 'Seoul'""",
    """SELECT products.name, SUM(order_items.amount) AS amount
FROM order_items JOIN products ON products.id = order_items.product_id
GROUP BY products.id, products.name
ORDER BY amount DESC
LIMIT 5""",
    """SELECT strftime('%Y-%m', orders.ordered_at) AS month, SUM(order_items.amount) AS amount
FROM order_items JOIN orders ON orders.id = order_items.order_id
GROUP BY month
ORDER BY month""",
)
