"""Analysis that people really ask for, in SQLite, over the tables of `tests.sql.shop`."""

LEGIT = (
    "SELECT COUNT(*) FROM customers",
    "SELECT * FROM orders",
    "SELECT DISTINCT city FROM customers ORDER BY city",
    "SELECT name, email FROM customers WHERE country = 'KR' AND is_active",
    "SELECT id FROM orders WHERE status = 'DELETE'",
    'SELECT id FROM orders WHERE status = "paid"',
    "SELECT id FROM orders WHERE note = 'DROP TABLE x; -- /* no */' OR note LIKE '%insert into%'",
    "SELECT status, COUNT(*) AS n, SUM(total) AS revenue FROM orders GROUP BY status HAVING n > 1 ORDER BY 2 DESC",
    "SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    " ORDER BY spent DESC LIMIT 10",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    "SELECT strftime('%Y-%m', ordered_at) AS month, SUM(total) FROM orders GROUP BY month ORDER BY month",
    "SELECT * FROM orders WHERE ordered_at >= date('now', '-30 days')",
    "SELECT * FROM orders WHERE ordered_at >= date('now', 'start of month', '-1 month') AND ordered_at <"
    " date('now', 'start of month')",
    "SELECT * FROM orders WHERE ordered_at BETWEEN '2024-01-01' AND '2024-12-31 23:59:59'",
    "SELECT CAST(julianday('now') - julianday(birth_date) AS INTEGER) / 365 AS years FROM customers",
    "SELECT CAST(strftime('%Y', ordered_at) AS INTEGER) AS y, COUNT(*) FROM orders GROUP BY y",
    "SELECT datetime(ordered_at, 'unixepoch'), time(ordered_at), unixepoch(ordered_at) FROM orders",
    "SELECT CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP",
    "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
    "SELECT id, SUM(total) OVER (ORDER BY ordered_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT id, LAG(total, 1, 0) OVER w AS before, LEAD(total) OVER w FROM orders WINDOW w AS (ORDER BY ordered_at)",
    "SELECT id, NTILE(4) OVER (ORDER BY total), PERCENT_RANK() OVER (ORDER BY total), RANK() OVER (ORDER BY"
    " total), DENSE_RANK() OVER (ORDER BY total) FROM orders",
    "SELECT id, FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY ordered_at) FROM orders",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT COUNT(*), AVG(total) FROM paid",
    "WITH a AS (SELECT customer_id, SUM(total) AS t FROM orders GROUP BY customer_id), b AS (SELECT AVG(t) AS m"
    " FROM a) SELECT c.name, a.t FROM a JOIN customers c ON c.id = a.customer_id CROSS JOIN b WHERE a.t > b.m",
    "WITH RECURSIVE chain AS (SELECT id, name, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL"
    " UNION ALL SELECT e.id, e.name, e.manager_id, chain.depth + 1 FROM employees e JOIN chain ON e.manager_id"
    " = chain.id) SELECT * FROM chain ORDER BY depth",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT SUM(i) FROM n",
    "WITH RECURSIVE d(day) AS (SELECT '2024-01-01' UNION ALL SELECT date(day, '+1 day') FROM d WHERE day <"
    " '2024-01-31') SELECT day, COUNT(o.id) FROM d LEFT JOIN orders o ON date(o.ordered_at) = d.day GROUP BY"
    " day",
    "SELECT json_extract(profile, '$.plan') AS plan, COUNT(*) FROM customers GROUP BY plan",
    "SELECT profile ->> '$.plan', profile -> '$.visits' FROM customers",
    "SELECT c.id, v.value FROM customers c, json_each(c.profile, '$.visits') AS v",
    "SELECT json_array_length(profile, '$.visits'), json_type(profile, '$.plan'), json_valid(profile) FROM customers",
    "SELECT json_group_array(name), json_group_object(name, price) FROM products",
    "SELECT json_object('name', name, 'price', price) FROM products",
    "SELECT name FROM products WHERE name LIKE '%커피%' OR name NOT LIKE '50\\%%' ESCAPE '\\'",
    "SELECT name FROM products WHERE name GLOB 'c*'",
    "SELECT COUNT(*) FILTER (WHERE status = 'paid') AS paid FROM orders",
    "SELECT SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) * 100.0 / COUNT(*) FROM orders",
    "SELECT name, CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band FROM products",
    "SELECT CAST(total AS REAL), CAST(total AS TEXT) FROM orders",
    "SELECT group_concat(name, ', ') FROM products",
    "SELECT group_concat(DISTINCT city) FROM customers",
    "SELECT v.column1, COUNT(o.id) FROM (VALUES ('paid', 1), ('sent', 2)) AS v LEFT JOIN orders o ON o.status ="
    " v.column1 GROUP BY 1",
    "WITH v(code, rank) AS (VALUES ('paid', 1), ('sent', 2)) SELECT v.code, COUNT(o.id) FROM v LEFT JOIN orders"
    " o ON o.status = v.code GROUP BY v.code",
    "SELECT id FROM orders WHERE status = 'paid' UNION SELECT id FROM orders WHERE total > 100 ORDER BY 1",
    "SELECT city FROM customers INTERSECT SELECT city FROM customers WHERE is_active EXCEPT SELECT 'Seoul'",
    "SELECT id FROM orders UNION ALL SELECT id FROM customers LIMIT 5",
    "SELECT name FROM products WHERE price > (SELECT AVG(price) FROM products)",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 50)",
    "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 50) AND id NOT IN (1, 2, 3)",
    "SELECT id, total FROM orders ORDER BY random() LIMIT 5",
    "SELECT COALESCE(note, '-'), IFNULL(note, ''), NULLIF(status, ''), MAX(total, 0), MIN(total, 100),"
    " IIF(total > 5, 1, 0) FROM orders",
    "SELECT ROUND(AVG(price), 2), MIN(price), MAX(price), TOTAL(price), SUM(DISTINCT price) FROM products",
    "SELECT upper(name), lower(name), length(name), trim(name), ltrim(name), rtrim(name), substr(name, 1, 3),"
    " replace(name, 'a', 'b'), instr(name, 'a'), name || '!', hex(name), unicode(name), char(65), quote(name)"
    " FROM products",
    "SELECT printf('%.2f', price), format('%05d', stock) FROM products",
    "SELECT abs(-price), stock % 7, round(price), typeof(price), sign(stock) FROM products",
    "SELECT o.id FROM orders o JOIN order_items i USING (id)",
    "SELECT id IS customer_id, total IS NOT NULL, note ISNULL, note NOTNULL FROM orders",
    'SELECT "group", "Mixed Case" FROM "Odd Names"',
    "SELECT [group], `Mixed Case` FROM [Odd Names]",
    "SELECT SUM(i.quantity * i.unit_price) AS 매출 FROM order_items AS i",
    "SELECT id -- the key\nFROM orders /* all of them */ LIMIT 3",
    "SELECT id FROM orders;",
    "SELECT rowid, id FROM main.orders",
    "SELECT ID, Orders.Status FROM ORDERS",
    "SELECT (SELECT COUNT(*) FROM orders WHERE orders.customer_id = customers.id) AS n, name FROM customers"
    " ORDER BY n DESC",
    "SELECT name, price FROM products ORDER BY price DESC LIMIT 5 OFFSET 10",
    "SELECT x.status, x.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) x WHERE x.n > 1",
    "SELECT a.name, b.name FROM employees a LEFT JOIN employees b ON b.id = a.manager_id WHERE a.salary > b.salary",
    "SELECT total - LAG(total) OVER (ORDER BY ordered_at) AS change FROM orders",
    "SELECT strftime('%w', ordered_at) AS weekday, AVG(total) FROM orders GROUP BY weekday",
    "SELECT name FROM customers WHERE email LIKE '%@example.com' COLLATE NOCASE ORDER BY name COLLATE NOCASE",
    "SELECT 5 / 2, 5.0 / 2, 7 & 3, 1 | 2, 1 << 4, ~1, -id, +id FROM orders",
    "SELECT total > 10 AS big, NOT is_active FROM orders JOIN customers ON customers.id = orders.customer_id",
    "SELECT date(ordered_at, 'weekday 0', '-6 days') AS week, COUNT(*) FROM orders GROUP BY week",
)
