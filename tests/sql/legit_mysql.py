"""Analysis that people really ask for, in MySQL and MariaDB, over the tables of `tests.sql.shop`."""

LEGIT = (
    "SELECT COUNT(*) FROM customers",
    "SELECT * FROM orders",
    "SELECT DISTINCT city FROM customers ORDER BY city",
    "SELECT name, email FROM customers WHERE country = 'KR' AND is_active",
    "SELECT id FROM orders WHERE status = 'DELETE'",
    'SELECT id FROM orders WHERE status = "paid"',
    "SELECT id FROM orders WHERE note = 'DROP TABLE x; -- /*! no */' OR note LIKE '%insert into%'",
    "SELECT `status`, COUNT(*) AS n, SUM(total) AS revenue FROM `orders` GROUP BY `status` HAVING n > 1 ORDER"
    " BY 2 DESC",
    "SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id,"
    " c.name ORDER BY spent DESC LIMIT 10",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    "SELECT DATE_FORMAT(ordered_at, '%Y-%m') AS month, SUM(total) FROM orders GROUP BY month ORDER BY month",
    "SELECT YEAR(ordered_at) AS y, MONTH(ordered_at) AS m, COUNT(*) FROM orders GROUP BY y, m ORDER BY y, m",
    "SELECT * FROM orders WHERE ordered_at >= CURDATE() - INTERVAL 30 DAY",
    "SELECT * FROM orders WHERE ordered_at >= DATE_SUB(NOW(), INTERVAL 1 YEAR) AND ordered_at < NOW()",
    "SELECT * FROM orders WHERE DATE(ordered_at) BETWEEN '2024-01-01' AND '2024-12-31'",
    "SELECT DATEDIFF(NOW(), ordered_at), TIMESTAMPDIFF(MONTH, ordered_at, NOW()) FROM orders",
    "SELECT TIMESTAMPDIFF(YEAR, birth_date, CURDATE()) AS years FROM customers",
    "SELECT DATE_ADD('2024-01-31', INTERVAL 1 MONTH), LAST_DAY('2024-02-01'), STR_TO_DATE('31/01/2024', '%d/%m/%Y')",
    "SELECT QUARTER(ordered_at), WEEK(ordered_at), DAYOFWEEK(ordered_at), DAYNAME(ordered_at),"
    " HOUR(ordered_at), MINUTE(ordered_at), SECOND(ordered_at), DAY(ordered_at), DAYOFYEAR(ordered_at),"
    " WEEKDAY(ordered_at), YEARWEEK(ordered_at) FROM orders",
    "SELECT EXTRACT(YEAR_MONTH FROM ordered_at) FROM orders",
    "SELECT UNIX_TIMESTAMP(ordered_at), FROM_UNIXTIME(0), MAKEDATE(2024, 32), MONTHNAME(ordered_at) FROM orders",
    "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
    "SELECT id, SUM(total) OVER (ORDER BY ordered_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT id, LAG(total, 1) OVER (ORDER BY ordered_at) AS earlier, LEAD(total) OVER (ORDER BY ordered_at)"
    " FROM orders",
    "SELECT id, NTILE(4) OVER (ORDER BY total), PERCENT_RANK() OVER (ORDER BY total), RANK() OVER (ORDER BY"
    " total), DENSE_RANK() OVER (ORDER BY total), CUME_DIST() OVER (ORDER BY total) FROM orders",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT COUNT(*), AVG(total) FROM paid",
    "WITH a AS (SELECT customer_id, SUM(total) AS t FROM orders GROUP BY customer_id), b AS (SELECT AVG(t) AS m"
    " FROM a) SELECT c.name, a.t FROM a JOIN customers c ON c.id = a.customer_id CROSS JOIN b WHERE a.t > b.m",
    "WITH RECURSIVE chain AS (SELECT id, name, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL"
    " UNION ALL SELECT e.id, e.name, e.manager_id, chain.depth + 1 FROM employees e JOIN chain ON e.manager_id"
    " = chain.id) SELECT * FROM chain ORDER BY depth",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT SUM(i) FROM n",
    "WITH RECURSIVE d AS (SELECT DATE('2024-01-01') AS day UNION ALL SELECT DATE_ADD(day, INTERVAL 1 DAY) FROM"
    " d WHERE day < '2024-01-31') SELECT day, COUNT(o.id) FROM d LEFT JOIN orders o ON DATE(o.ordered_at) ="
    " d.day GROUP BY day",
    "SELECT JSON_EXTRACT(profile, '$.plan') AS plan, COUNT(*) FROM customers GROUP BY plan",
    "SELECT JSON_UNQUOTE(JSON_EXTRACT(profile, '$.plan')), JSON_VALUE(profile, '$.plan') FROM customers",
    "SELECT JSON_LENGTH(profile, '$.visits'), JSON_TYPE(profile), JSON_KEYS(profile), JSON_VALID(profile) FROM"
    " customers",
    "SELECT id FROM customers WHERE JSON_CONTAINS(profile, '\"pro\"', '$.plan')",
    "SELECT JSON_ARRAYAGG(name), JSON_OBJECTAGG(name, price) FROM products",
    "SELECT JSON_OBJECT('name', name, 'price', price), JSON_ARRAY(1, 2) FROM products",
    "SELECT c.id, j.v FROM customers c, JSON_TABLE(c.profile, '$.visits[*]' COLUMNS (v INT PATH '$')) AS j",
    "SELECT name FROM customers WHERE email REGEXP '@example[.](com|org)$'",
    "SELECT name FROM customers WHERE email RLIKE 'example' AND name NOT REGEXP '^a'",
    "SELECT REGEXP_REPLACE(phone, '[^0-9]', ''), REGEXP_SUBSTR(email, '[a-z]+') FROM customers",
    "SELECT name FROM products WHERE name LIKE '%커피%' OR name NOT LIKE '50\\%%'",
    "SELECT SUM(status = 'paid') AS paid, SUM(IF(status = 'paid', total, 0)) FROM orders",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY status, customer_id WITH ROLLUP",
    "SELECT name, CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band FROM products",
    "SELECT CAST(total AS SIGNED), CAST(total AS DECIMAL(12, 2)), CAST(total AS CHAR), CONVERT(total, UNSIGNED)"
    " FROM orders",
    "SELECT GROUP_CONCAT(name ORDER BY name SEPARATOR ', ') FROM products",
    "SELECT GROUP_CONCAT(DISTINCT city) FROM customers",
    "SELECT id FROM orders WHERE status = 'paid' UNION SELECT id FROM orders WHERE total > 100 ORDER BY 1",
    "(SELECT id FROM orders ORDER BY total DESC LIMIT 3) UNION ALL (SELECT id FROM orders ORDER BY total LIMIT 3)",
    "SELECT id FROM orders UNION ALL SELECT id FROM customers LIMIT 5",
    "SELECT city FROM customers INTERSECT SELECT city FROM customers WHERE is_active",
    "SELECT name FROM products WHERE price > (SELECT AVG(price) FROM products)",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 50)",
    "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 50) AND id NOT IN (1, 2, 3)",
    "SELECT id, total FROM orders ORDER BY RAND() LIMIT 5",
    "SELECT id FROM orders ORDER BY total DESC LIMIT 5, 10",
    "SELECT id FROM orders ORDER BY total DESC LIMIT 10 OFFSET 5",
    "SELECT COALESCE(note, '-'), IFNULL(note, ''), NULLIF(status, ''), GREATEST(total, 0), LEAST(total, 100)"
    " FROM orders",
    "SELECT ROUND(AVG(price), 2), STDDEV(price), VARIANCE(price), STDDEV_SAMP(price), MIN(price), MAX(price)"
    " FROM products",
    "SELECT UPPER(name), LOWER(name), CHAR_LENGTH(name), LENGTH(name), TRIM(name), SUBSTRING(name, 1, 3),"
    " LEFT(name, 2), RIGHT(name, 2), REPLACE(name, 'a', 'b'), LOCATE('a', name), INSTR(name, 'a'),"
    " REVERSE(name), SUBSTRING_INDEX(name, ' ', 1) FROM products",
    "SELECT LPAD(id, 8, '0'), CONCAT(name, ' ', price), CONCAT_WS('-', name, price), FORMAT(price, 2),"
    " FIELD(name, 'a', 'b') FROM products",
    "SELECT FLOOR(price), CEIL(price), ABS(-price), MOD(stock, 7), stock % 7, stock DIV 7, POW(price, 2),"
    " SQRT(price), LN(price + 1), TRUNCATE(price, 1), SIGN(price) FROM products",
    "SELECT o.id FROM orders o JOIN order_items i USING (id)",
    "SELECT note <=> NULL, total IS NOT NULL, (status = 'paid') IS TRUE, NOT is_active FROM orders JOIN"
    " customers c ON c.id = customer_id",
    "SELECT `group`, `Mixed Case` FROM `Odd Names`",
    "SELECT SUM(i.quantity * i.unit_price) AS 매출 FROM order_items AS i",
    "SELECT id -- the key\nFROM orders # trailing\n/* all of them */ LIMIT 3",
    "SELECT id FROM orders;",
    "SELECT (SELECT COUNT(*) FROM orders WHERE orders.customer_id = customers.id) AS n, name FROM customers"
    " ORDER BY n DESC",
    "SELECT x.status, x.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) x WHERE x.n > 1",
    "SELECT COUNT(DISTINCT customer_id), COUNT(DISTINCT customer_id, status) FROM orders",
    "SELECT TIME(ordered_at), CURTIME(), UTC_TIMESTAMP(), TIMESTAMP('2024-01-01'), CURRENT_TIMESTAMP FROM orders",
    "SELECT a.name, b.name FROM employees a LEFT JOIN employees b ON b.id = a.manager_id WHERE a.salary > b.salary",
    "SELECT MD5(email), HEX(name), REPEAT('*', 5) FROM customers",
    "SELECT name FROM customers WHERE FIND_IN_SET('vip', tags) > 0 AND tags <> ''",
    "SELECT BIT_AND(stock), BIT_OR(stock), stock & 1, stock | 2, stock ^ 3, stock << 1 FROM products",
    "SELECT c.city, o.status, COUNT(*) FROM customers AS c, orders AS o WHERE o.customer_id = c.id GROUP BY"
    " c.city, o.status",
    "SELECT name FROM customers WHERE name COLLATE utf8mb4_bin = 'a'",
    "SELECT ANY_VALUE(name), COUNT(*) FROM customers GROUP BY city",
)

MYSQL_ONLY = frozenset(("SELECT ANY_VALUE(name), COUNT(*) FROM customers GROUP BY city",))
"""What MariaDB's server does not have (the guard need not tell the two apart here)."""
