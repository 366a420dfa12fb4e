"""Analysis that people really ask for, in Oracle's SQL, over the tables of `tests.sql.shop`."""

LEGIT = (
    "SELECT COUNT(*) FROM customers",
    "SELECT * FROM orders",
    "SELECT 1 FROM dual",
    "SELECT SYSDATE, SYSTIMESTAMP, CURRENT_DATE, CURRENT_TIMESTAMP FROM DUAL",
    "SELECT DISTINCT city FROM customers ORDER BY city",
    "SELECT name, email FROM customers WHERE country = 'KR' AND is_active = 1",
    "SELECT id FROM orders WHERE status = 'DELETE'",
    "SELECT id FROM orders WHERE note = 'DROP TABLE x; EXECUTE IMMEDIATE' OR note LIKE '%insert into%'",
    "SELECT status, COUNT(*) AS n, SUM(total) AS revenue FROM orders GROUP BY status HAVING COUNT(*) > 1 ORDER"
    " BY 2 DESC",
    "SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id,"
    " c.name ORDER BY spent DESC NULLS LAST FETCH FIRST 10 ROWS ONLY",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    "SELECT c.name, o.id FROM customers c, orders o WHERE o.customer_id (+) = c.id",
    "SELECT TRUNC(ordered_at, 'MM') AS month, SUM(total) FROM orders GROUP BY TRUNC(ordered_at, 'MM') ORDER BY 1",
    "SELECT TO_CHAR(ordered_at, 'YYYY-MM') AS ym, COUNT(*) FROM orders GROUP BY TO_CHAR(ordered_at, 'YYYY-MM')",
    "SELECT EXTRACT(YEAR FROM ordered_at) AS y, COUNT(*) FROM orders GROUP BY EXTRACT(YEAR FROM ordered_at)",
    "SELECT * FROM orders WHERE ordered_at >= SYSDATE - 30",
    "SELECT * FROM orders WHERE ordered_at >= ADD_MONTHS(TRUNC(SYSDATE), -12)",
    "SELECT * FROM orders WHERE ordered_at >= TO_DATE('2024-01-01', 'YYYY-MM-DD') AND ordered_at < DATE '2025-01-01'",
    "SELECT * FROM orders WHERE ordered_at >= TIMESTAMP '2024-01-01 00:00:00' AND ordered_at > SYSTIMESTAMP -"
    " INTERVAL '7' DAY",
    "SELECT MONTHS_BETWEEN(SYSDATE, ordered_at), LAST_DAY(ordered_at), NEXT_DAY(ordered_at, 'MONDAY') FROM orders",
    "SELECT TRUNC(MONTHS_BETWEEN(SYSDATE, birth_date) / 12) AS years FROM customers",
    "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
    "SELECT id, SUM(total) OVER (ORDER BY ordered_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT id, LAG(total, 1, 0) OVER (ORDER BY ordered_at) AS earlier, LEAD(total) OVER (ORDER BY ordered_at)"
    " FROM orders",
    "SELECT id, NTILE(4) OVER (ORDER BY total), PERCENT_RANK() OVER (ORDER BY total), RANK() OVER (ORDER BY"
    " total) FROM orders",
    "SELECT status, RATIO_TO_REPORT(SUM(total)) OVER () FROM orders GROUP BY status",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT COUNT(*), AVG(total) FROM paid",
    "WITH a AS (SELECT customer_id, SUM(total) AS t FROM orders GROUP BY customer_id), b AS (SELECT AVG(t) AS m"
    " FROM a) SELECT c.name, a.t FROM a JOIN customers c ON c.id = a.customer_id CROSS JOIN b WHERE a.t > b.m",
    "WITH chain (id, name, manager_id, depth) AS (SELECT id, name, manager_id, 1 FROM employees WHERE"
    " manager_id IS NULL UNION ALL SELECT e.id, e.name, e.manager_id, chain.depth + 1 FROM employees e JOIN"
    " chain ON e.manager_id = chain.id) SELECT * FROM chain ORDER BY depth",
    "WITH n (i) AS (SELECT 1 FROM dual UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT SUM(i) FROM n",
    "SELECT LEVEL AS n FROM dual CONNECT BY LEVEL <= 12",
    "SELECT DATE '2024-01-01' + LEVEL - 1 AS day FROM dual CONNECT BY LEVEL <= 31",
    "SELECT LEVEL, name, SYS_CONNECT_BY_PATH(name, '/') FROM employees START WITH manager_id IS NULL CONNECT BY"
    " PRIOR id = manager_id",
    "SELECT name, CONNECT_BY_ROOT name AS boss FROM employees START WITH manager_id IS NULL CONNECT BY NOCYCLE"
    " PRIOR id = manager_id",
    "SELECT JSON_VALUE(profile, '$.plan') AS plan, COUNT(*) FROM customers GROUP BY JSON_VALUE(profile, '$.plan')",
    "SELECT JSON_QUERY(profile, '$.visits') FROM customers WHERE JSON_EXISTS(profile, '$.plan')",
    "SELECT c.id, j.v FROM customers c, JSON_TABLE(c.profile, '$.visits[*]' COLUMNS (v NUMBER PATH '$')) j",
    "SELECT name FROM customers WHERE REGEXP_LIKE(email, '@example\\.(com|org)$', 'i')",
    "SELECT REGEXP_REPLACE(phone, '[^0-9]', ''), REGEXP_SUBSTR(email, '[^@]+', 1, 2), REGEXP_INSTR(email, '@'),"
    " REGEXP_COUNT(email, 'a') FROM customers",
    "SELECT name FROM products WHERE name LIKE '%커피%' OR name NOT LIKE '50\\%%' ESCAPE '\\'",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY GROUPING SETS ((status), (customer_id), ())",
    "SELECT status, customer_id, SUM(total), GROUPING(status), GROUPING_ID(status, customer_id) FROM orders"
    " GROUP BY ROLLUP (status, customer_id)",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY CUBE (status, customer_id)",
    "SELECT name, CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band FROM products",
    "SELECT DECODE(status, 'paid', 1, 'sent', 2, 0), NVL(note, '-'), NVL2(note, 'y', 'n') FROM orders",
    "SELECT CAST(total AS NUMBER(12, 2)), CAST(total AS VARCHAR2(20)), TO_NUMBER('12'), TO_CHAR(total) FROM orders",
    "SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM products",
    "SELECT status, LISTAGG(id, ',') WITHIN GROUP (ORDER BY id) AS ids FROM orders GROUP BY status",
    "SELECT MEDIAN(total), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY total) FROM orders",
    "SELECT status, MAX(total) KEEP (DENSE_RANK LAST ORDER BY ordered_at) FROM orders GROUP BY status",
    "SELECT * FROM (SELECT status, customer_id, total FROM orders) PIVOT (SUM(total) FOR status IN ('paid' AS"
    " paid, 'sent' AS sent))",
    "SELECT * FROM (SELECT name, price, stock FROM products) UNPIVOT (amount FOR metric IN (price, stock))",
    "SELECT id FROM orders WHERE status = 'paid' UNION SELECT id FROM orders WHERE total > 100",
    "SELECT city FROM customers INTERSECT SELECT city FROM customers WHERE is_active = 1 MINUS SELECT 'Seoul'"
    " FROM dual",
    "SELECT name FROM products WHERE price > (SELECT AVG(price) FROM products)",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 50)",
    "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 50) AND id NOT IN (1, 2, 3)",
    "SELECT name FROM products WHERE price >= ALL (SELECT price FROM products)",
    "SELECT id FROM orders WHERE ROWNUM <= 10",
    "SELECT * FROM (SELECT id, total FROM orders ORDER BY total DESC) WHERE ROWNUM <= 5",
    "SELECT id FROM orders ORDER BY total DESC OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
    "SELECT id FROM orders ORDER BY total DESC FETCH FIRST 3 ROWS WITH TIES",
    "SELECT id FROM orders ORDER BY total DESC FETCH FIRST 10 PERCENT ROWS ONLY",
    "SELECT COALESCE(note, '-'), NULLIF(status, 'x'), GREATEST(total, 0), LEAST(total, 100) FROM orders",
    "SELECT ROUND(AVG(price), 2), STDDEV(price), VARIANCE(price), CORR(price, stock), MIN(price), MAX(price)"
    " FROM products",
    "SELECT UPPER(name), LOWER(name), INITCAP(name), LENGTH(name), TRIM(name), LTRIM(name), RTRIM(name),"
    " SUBSTR(name, 1, 3), INSTR(name, 'a'), REPLACE(name, 'a', 'b'), TRANSLATE(name, 'abc', 'xyz'), name || '!'"
    " FROM products",
    "SELECT LPAD(id, 8, '0'), RPAD(name, 20), CONCAT(name, 'x'), ASCII(name), CHR(65) FROM products",
    "SELECT FLOOR(price), CEIL(price), ABS(-price), MOD(stock, 7), POWER(price, 2), SQRT(price), LN(price + 1),"
    " SIGN(price), WIDTH_BUCKET(price, 0, 100, 5) FROM products",
    "SELECT o.id FROM orders o JOIN order_items i USING (id) NATURAL JOIN customers",
    "SELECT COUNT(*) FROM customers c FULL OUTER JOIN employees e ON e.name = c.name",
    'SELECT "group", "Mixed Case" FROM "Odd Names"',
    "SELECT SUM(i.quantity * i.unit_price) AS 매출 FROM order_items i",
    "SELECT id -- the key\nFROM orders /* all of them */",
    "SELECT id FROM orders;",
    "SELECT (SELECT COUNT(*) FROM orders WHERE orders.customer_id = customers.id) AS n, name FROM customers"
    " ORDER BY n DESC",
    "SELECT x.status, x.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) x WHERE x.n > 1",
    "SELECT a.name, b.name FROM employees a LEFT JOIN employees b ON b.id = a.manager_id WHERE a.salary > b.salary",
    "SELECT Id, Orders.Status FROM ORDERS",
    "SELECT ROWNUM, ROWID, id FROM orders",
    "SELECT FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY ordered_at) FROM orders",
    "SELECT TO_CHAR(ordered_at, 'DAY') AS d, TO_CHAR(ordered_at, 'IW'), TO_CHAR(ordered_at, 'Q') FROM orders",
    "SELECT CAST(ordered_at AS DATE) - birth_date FROM orders JOIN customers ON customers.id = customer_id",
    "SELECT NUMTODSINTERVAL(1, 'HOUR'), NUMTOYMINTERVAL(1, 'MONTH'), TO_TIMESTAMP('2024-01-01', 'YYYY-MM-DD')"
    " FROM dual",
    "SELECT c.name, x.total FROM customers c CROSS APPLY (SELECT o.total FROM orders o WHERE o.customer_id ="
    " c.id ORDER BY o.ordered_at DESC FETCH FIRST 1 ROWS ONLY) x",
    "SELECT id FROM orders ORDER BY DBMS_RANDOM.VALUE FETCH FIRST 5 ROWS ONLY",
    "SELECT ordered_at AT TIME ZONE 'Asia/Seoul' FROM orders",
)
