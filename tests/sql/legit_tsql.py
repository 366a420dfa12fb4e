"""Analysis that people really ask for, in T-SQL, over the tables of `tests.sql.shop`."""

LEGIT = (
    "SELECT COUNT(*) FROM customers",
    "SELECT * FROM dbo.orders",
    "SELECT DISTINCT city FROM customers ORDER BY city",
    "SELECT name, email FROM customers WHERE country = N'KR' AND is_active = 1",
    "SELECT id FROM orders WHERE status = 'DELETE'",
    "SELECT id FROM orders WHERE note = 'DROP TABLE x; EXEC y' OR note LIKE '%insert into%'",
    "SELECT status, COUNT(*) AS n, SUM(total) AS revenue FROM orders GROUP BY status HAVING COUNT(*) > 1 ORDER"
    " BY 2 DESC",
    "SELECT TOP 10 c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP"
    " BY c.id, c.name ORDER BY spent DESC",
    "SELECT TOP (5) WITH TIES name, price FROM products ORDER BY price DESC",
    "SELECT TOP 10 PERCENT name, price FROM products ORDER BY price DESC",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    "SELECT FORMAT(ordered_at, 'yyyy-MM') AS ym, SUM(total) FROM orders GROUP BY FORMAT(ordered_at, 'yyyy-MM')"
    " ORDER BY ym",
    "SELECT YEAR(ordered_at) AS y, MONTH(ordered_at) AS m, COUNT(*) FROM orders GROUP BY YEAR(ordered_at),"
    " MONTH(ordered_at)",
    "SELECT * FROM orders WHERE ordered_at >= DATEADD(day, -30, GETDATE())",
    "SELECT * FROM orders WHERE CAST(ordered_at AS date) BETWEEN '2024-01-01' AND '2024-12-31'",
    "SELECT DATEDIFF(day, ordered_at, GETDATE()), DATEPART(weekday, ordered_at), DATENAME(month, ordered_at)"
    " FROM orders",
    "SELECT EOMONTH(ordered_at), DATEFROMPARTS(2024, 1, 31), SYSDATETIME(), GETUTCDATE() FROM orders",
    "SELECT DATEADD(month, DATEDIFF(month, 0, ordered_at), 0) AS month, SUM(total) FROM orders GROUP BY"
    " DATEADD(month, DATEDIFF(month, 0, ordered_at), 0)",
    "SELECT CONVERT(varchar(7), ordered_at, 120) AS ym, COUNT(*) FROM orders GROUP BY CONVERT(varchar(7),"
    " ordered_at, 120)",
    "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
    "SELECT id, SUM(total) OVER (ORDER BY ordered_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT id, LAG(total, 1, 0) OVER (ORDER BY ordered_at) AS before_it, LEAD(total) OVER (ORDER BY"
    " ordered_at) FROM orders",
    "SELECT id, NTILE(4) OVER (ORDER BY total), PERCENT_RANK() OVER (ORDER BY total), RANK() OVER (ORDER BY"
    " total) FROM orders",
    "SELECT DISTINCT status, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY total) OVER (PARTITION BY status) AS"
    " med FROM orders",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT COUNT(*), AVG(total) FROM paid",
    "WITH a AS (SELECT customer_id, SUM(total) AS t FROM orders GROUP BY customer_id), b AS (SELECT AVG(t) AS m"
    " FROM a) SELECT c.name, a.t FROM a JOIN customers c ON c.id = a.customer_id CROSS JOIN b WHERE a.t > b.m",
    "WITH chain AS (SELECT id, name, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL UNION ALL"
    " SELECT e.id, e.name, e.manager_id, chain.depth + 1 FROM employees e JOIN chain ON e.manager_id ="
    " chain.id) SELECT * FROM chain ORDER BY depth",
    "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT SUM(i) FROM n",
    "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 366) SELECT i FROM n OPTION (MAXRECURSION 400)",
    "SELECT JSON_VALUE(profile, '$.plan') AS \"plan\", COUNT(*) FROM customers GROUP BY JSON_VALUE(profile, '$.plan')",
    "SELECT JSON_QUERY(profile, '$.visits'), ISJSON(profile) FROM customers",
    "SELECT c.id, v.value FROM customers c CROSS APPLY OPENJSON(c.profile, '$.visits') AS v",
    "SELECT c.id, v.item FROM customers c CROSS APPLY OPENJSON(c.profile, '$.visits') WITH (item int '$') AS v",
    "SELECT c.id, t.value FROM customers c CROSS APPLY STRING_SPLIT(c.tags, ',') AS t",
    "SELECT c.name, x.total FROM customers c CROSS APPLY (SELECT TOP 1 o.total FROM orders o WHERE"
    " o.customer_id = c.id ORDER BY o.ordered_at DESC) AS x",
    "SELECT c.name, x.total FROM customers c OUTER APPLY (SELECT TOP 1 o.total FROM orders o WHERE"
    " o.customer_id = c.id ORDER BY o.ordered_at DESC) AS x",
    "SELECT name FROM customers WHERE email LIKE '%[0-9]@example.com' AND PATINDEX('%[^a-z]%', name) > 0",
    "SELECT name FROM products WHERE name LIKE N'%커피%' OR name NOT LIKE '50!%%' ESCAPE '!'",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY GROUPING SETS ((status), (customer_id), ())",
    "SELECT status, customer_id, SUM(total), GROUPING(status) FROM orders GROUP BY ROLLUP (status, customer_id)",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY CUBE (status, customer_id)",
    "SELECT name, CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band FROM products",
    "SELECT CAST(total AS int), CAST(total AS decimal(12, 2)), CONVERT(varchar(20), total), TRY_CAST(note AS"
    " int) FROM orders",
    "SELECT STRING_AGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM products",
    "SELECT c.id, STUFF((SELECT ',' + o.status FROM orders o WHERE o.customer_id = c.id FOR XML PATH('')), 1,"
    " 1, '') FROM customers c",
    "SELECT v.code, COUNT(o.id) FROM (VALUES ('paid', 1), ('sent', 2)) AS v(code, sort) LEFT JOIN orders o ON"
    " o.status = v.code GROUP BY v.code",
    "SELECT * FROM (SELECT status, customer_id, total FROM orders) AS s PIVOT (SUM(total) FOR status IN"
    " ([paid], [sent])) AS p",
    "SELECT name, metric, amount FROM (SELECT name, price, stock FROM products) AS p UNPIVOT (amount FOR metric"
    " IN (price, stock)) AS u",
    "SELECT id FROM orders WHERE status = 'paid' UNION SELECT id FROM orders WHERE total > 100",
    "SELECT id FROM orders WHERE status = 'paid' UNION ALL SELECT id FROM customers ORDER BY id",
    "SELECT city FROM customers INTERSECT SELECT city FROM customers WHERE is_active = 1 EXCEPT SELECT 'Seoul'",
    "SELECT name FROM products WHERE price > (SELECT AVG(price) FROM products)",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 50)",
    "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 50) AND id NOT IN (1, 2, 3)",
    "SELECT name FROM products WHERE price >= ALL (SELECT price FROM products)",
    "SELECT id FROM orders ORDER BY total DESC OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
    "SELECT id FROM orders ORDER BY total DESC OFFSET 5 ROWS",
    "SELECT TOP 5 id, total FROM orders ORDER BY NEWID()",
    "SELECT COALESCE(note, '-'), ISNULL(note, ''), NULLIF(status, ''), IIF(total > 5, 1, 0), CHOOSE(1, 'a',"
    " 'b') FROM orders",
    "SELECT ROUND(AVG(price), 2), STDEV(price), VAR(price), STDEVP(price), MIN(price), MAX(price), COUNT_BIG(*)"
    " FROM products",
    "SELECT UPPER(name), LOWER(name), LEN(name), LTRIM(RTRIM(name)), TRIM(name), SUBSTRING(name, 1, 3),"
    " LEFT(name, 2), RIGHT(name, 2), REPLACE(name, 'a', 'b'), CHARINDEX('a', name), REVERSE(name), CONCAT(name,"
    " ' ', price), CONCAT_WS('-', name, price) FROM products",
    "SELECT FLOOR(price), CEILING(price), ABS(-price), stock % 7, POWER(price, 2), SQRT(price), LOG(price + 1),"
    " SIGN(price), SQUARE(price) FROM products",
    "SELECT [group], [Mixed Case] FROM [Odd Names]",
    'SELECT "group" FROM "Odd Names"',
    "SELECT SUM(i.quantity * i.unit_price) AS [매출] FROM order_items AS i",
    "SELECT id -- the key\nFROM orders /* all of them */",
    "SELECT id FROM orders;",
    "SELECT (SELECT COUNT(*) FROM orders WHERE orders.customer_id = customers.id) AS n, name FROM customers"
    " ORDER BY n DESC",
    "SELECT x.status, x.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) x WHERE x.n > 1",
    "SELECT a.name, b.name FROM employees a LEFT JOIN employees b ON b.id = a.manager_id WHERE a.salary > b.salary",
    "SELECT COUNT(*) FROM customers c FULL OUTER JOIN employees e ON e.name = c.name",
    "SELECT ordered_at AT TIME ZONE 'UTC' AT TIME ZONE 'Korea Standard Time' FROM orders",
    "SELECT FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY ordered_at) FROM orders",
    "SELECT name AS [percent], price 'label' FROM products",
    "SELECT revenue = SUM(total), status FROM orders GROUP BY status",
    "SELECT total FROM orders WHERE total <> 0 AND total != 1 AND NOT (total >= 5)",
    "SELECT DATETRUNC(month, ordered_at) AS m, COUNT(*) FROM orders GROUP BY DATETRUNC(month, ordered_at)",
    "SELECT REPLICATE('*', 5), SPACE(3), ASCII(name), CHAR(65), NCHAR(65), UNICODE(name), STR(price, 10, 2)"
    " FROM products",
)
