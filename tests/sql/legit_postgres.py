"""Analysis that people really ask for, in PostgreSQL, over the tables of `tests.sql.shop`."""

LEGIT = (
    "SELECT COUNT(*) FROM customers",
    "SELECT * FROM orders",
    "SELECT DISTINCT city FROM customers ORDER BY city",
    "SELECT name, email FROM customers WHERE country = 'KR' AND is_active",
    "SELECT id FROM orders WHERE status = 'DELETE'",
    "SELECT id FROM orders WHERE note = 'DROP TABLE x; -- /* no */' OR note LIKE '%insert into%'",
    "SELECT status, COUNT(*) AS n, SUM(total) AS revenue FROM orders GROUP BY status HAVING COUNT(*) > 1 ORDER"
    " BY 2 DESC",
    "SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id,"
    " c.name ORDER BY spent DESC NULLS LAST LIMIT 10",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL",
    "SELECT date_trunc('month', ordered_at) AS month, SUM(total) FROM orders GROUP BY 1 ORDER BY 1",
    "SELECT EXTRACT(year FROM ordered_at) AS y, COUNT(*) FROM orders GROUP BY y ORDER BY y",
    "SELECT to_char(ordered_at, 'YYYY-MM') AS ym, COUNT(*) FROM orders GROUP BY ym",
    "SELECT * FROM orders WHERE ordered_at >= CURRENT_DATE - INTERVAL '30 days'",
    "SELECT * FROM orders WHERE ordered_at >= now() - interval '1 year' AND ordered_at < now()",
    "SELECT * FROM orders WHERE ordered_at::date BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'",
    "SELECT age(CURRENT_DATE, birth_date) FROM customers",
    "SELECT name, date_part('year', age(birth_date)) AS years FROM customers ORDER BY years",
    "SELECT make_date(2024, 1, 31) + 1 AS next_day",
    "SELECT id, total, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
    "SELECT id, SUM(total) OVER (ORDER BY ordered_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders",
    "SELECT id, LAG(total, 1, 0) OVER w AS before, LEAD(total) OVER w FROM orders WINDOW w AS (ORDER BY ordered_at)",
    "SELECT id, total, NTILE(4) OVER (ORDER BY total), PERCENT_RANK() OVER (ORDER BY total), CUME_DIST() OVER"
    " (ORDER BY total) FROM orders",
    "SELECT id, FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY ordered_at), NTH_VALUE(total, 2)"
    " OVER (PARTITION BY customer_id ORDER BY ordered_at) FROM orders",
    "SELECT AVG(total) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW)"
    " FROM orders",
    "WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT COUNT(*), AVG(total) FROM paid",
    "WITH a AS (SELECT customer_id, SUM(total) AS t FROM orders GROUP BY customer_id), b AS (SELECT AVG(t) AS m"
    " FROM a) SELECT c.name, a.t FROM a JOIN customers c ON c.id = a.customer_id CROSS JOIN b WHERE a.t > b.m",
    "WITH RECURSIVE chain AS (SELECT id, name, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL"
    " UNION ALL SELECT e.id, e.name, e.manager_id, chain.depth + 1 FROM employees e JOIN chain ON e.manager_id"
    " = chain.id) SELECT * FROM chain ORDER BY depth",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT SUM(i) FROM n",
    "WITH RECURSIVE d AS (SELECT DATE '2024-01-01' AS day UNION ALL SELECT (day + INTERVAL '1 day')::date FROM"
    " d WHERE day < DATE '2024-01-31') SELECT day FROM d",
    "SELECT d::date AS day, COUNT(o.id) FROM generate_series(DATE '2024-01-01', DATE '2024-01-31', INTERVAL '1"
    " day') AS d LEFT JOIN orders o ON o.ordered_at::date = d::date GROUP BY 1 ORDER BY 1",
    "SELECT n FROM generate_series(1, 12) AS s(n)",
    "SELECT profile->>'plan' AS plan, COUNT(*) FROM customers GROUP BY 1",
    "SELECT profile->'address'->>'zip', profile #>> '{address,zip}' FROM customers WHERE profile @> '{\"plan\":"
    ' "pro"}\'',
    "SELECT id FROM customers WHERE profile ? 'plan'",
    "SELECT id, jsonb_array_length(profile->'visits') FROM customers WHERE jsonb_typeof(profile->'visits') = 'array'",
    "SELECT c.id, v.value FROM customers c CROSS JOIN LATERAL jsonb_array_elements_text(c.profile->'visits') AS"
    " v(value)",
    "SELECT k, v FROM customers c, jsonb_each_text(c.profile) AS e(k, v)",
    "SELECT jsonb_agg(name ORDER BY name) FROM products",
    "SELECT json_build_object('name', name, 'price', price) FROM products",
    "SELECT jsonb_object_agg(name, price) FROM products",
    "SELECT name FROM customers WHERE email ~* '@example\\.(com|org)$'",
    "SELECT regexp_replace(phone, '[^0-9]', '', 'g') FROM customers",
    "SELECT (regexp_match(email, '@(.+)$'))[1] AS domain, COUNT(*) FROM customers GROUP BY 1",
    "SELECT split_part(email, '@', 2) AS domain, COUNT(*) FROM customers GROUP BY 1 ORDER BY 2 DESC",
    "SELECT regexp_split_to_table(name, '\\s+') AS word FROM products",
    "SELECT name FROM products WHERE name ILIKE '%커피%' OR name NOT LIKE '50\\%%'",
    "SELECT name FROM products WHERE name SIMILAR TO '(a|b)%'",
    "SELECT COUNT(*) FILTER (WHERE status = 'paid') AS paid, COUNT(*) FILTER (WHERE status <> 'paid') AS other"
    " FROM orders",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY GROUPING SETS ((status), (customer_id), ())",
    "SELECT status, customer_id, SUM(total), GROUPING(status) FROM orders GROUP BY ROLLUP (status, customer_id)",
    "SELECT status, customer_id, SUM(total) FROM orders GROUP BY CUBE (status, customer_id)",
    "SELECT DISTINCT ON (customer_id) customer_id, id, total FROM orders ORDER BY customer_id, ordered_at DESC",
    "SELECT c.name, last_order.total FROM customers c LEFT JOIN LATERAL (SELECT o.total FROM orders o WHERE"
    " o.customer_id = c.id ORDER BY o.ordered_at DESC LIMIT 1) AS last_order ON TRUE",
    "SELECT name, CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band FROM products",
    "SELECT CASE status WHEN 'paid' THEN 1 ELSE 0 END FROM orders",
    "SELECT CAST(total AS integer), total::numeric(12, 2), total::text FROM orders",
    "SELECT string_agg(name, ', ' ORDER BY name) FROM products",
    "SELECT array_agg(DISTINCT city) FROM customers",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), percentile_disc(0.9) WITHIN GROUP (ORDER BY"
    " total) FROM orders",
    "SELECT mode() WITHIN GROUP (ORDER BY status) FROM orders",
    "SELECT name FROM customers WHERE tags && ARRAY['vip', 'new'] OR 'vip' = ANY(tags)",
    "SELECT t.tag, COUNT(*) FROM customers, unnest(tags) AS t(tag) GROUP BY t.tag",
    "SELECT cardinality(tags), array_length(tags, 1), tags[1] FROM customers WHERE tags @> ARRAY['vip']",
    "SELECT v.code, COUNT(o.id) FROM (VALUES ('paid', 1), ('sent', 2)) AS v(code, rank) LEFT JOIN orders o ON"
    " o.status = v.code GROUP BY v.code, v.rank ORDER BY v.rank",
    "SELECT id FROM orders WHERE status = 'paid' UNION SELECT id FROM orders WHERE total > 100",
    "SELECT city FROM customers INTERSECT SELECT city FROM customers WHERE is_active EXCEPT SELECT 'Seoul'",
    "(SELECT id FROM orders ORDER BY total DESC LIMIT 3) UNION ALL (SELECT id FROM orders ORDER BY total LIMIT 3)",
    "SELECT name FROM products WHERE price > (SELECT AVG(price) FROM products)",
    "SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 50)",
    "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 50) AND id NOT IN (1, 2, 3)",
    "SELECT name FROM products WHERE price >= ALL (SELECT price FROM products)",
    "SELECT id FROM orders ORDER BY total DESC OFFSET 5 ROWS FETCH FIRST 5 ROWS ONLY",
    "SELECT id FROM orders ORDER BY total DESC FETCH FIRST 3 ROWS WITH TIES",
    "SELECT id, total FROM orders ORDER BY random() LIMIT 5",
    "SELECT COALESCE(note, '-'), NULLIF(status, ''), GREATEST(total, 0), LEAST(total, 100) FROM orders",
    "SELECT ROUND(AVG(price), 2), STDDEV(price), VARIANCE(price), CORR(price, stock), MIN(price), MAX(price)"
    " FROM products",
    "SELECT upper(name), lower(name), initcap(name), length(name), trim(both ' ' from name), substring(name"
    " from 1 for 3), left(name, 2), right(name, 2), replace(name, 'a', 'b'), position('a' in name),"
    " reverse(name) FROM products",
    "SELECT lpad(id::text, 8, '0'), concat(name, ' ', price), concat_ws('-', name, price), name || '!' FROM products",
    "SELECT floor(price), ceil(price), abs(-price), mod(stock, 7), stock % 7, power(price, 2), sqrt(price),"
    " ln(price + 1) FROM products",
    "SELECT width_bucket(price, 0, 100, 5) AS bucket, COUNT(*) FROM products GROUP BY bucket",
    "SELECT bool_and(is_active), bool_or(is_active), every(is_active) FROM customers",
    "SELECT ordered_at AT TIME ZONE 'Asia/Seoul' FROM orders",
    "SELECT o.id FROM orders o JOIN order_items i USING (id) NATURAL JOIN customers",
    "SELECT COUNT(*) FROM customers c FULL OUTER JOIN employees e ON e.name = c.name",
    "SELECT id IS DISTINCT FROM customer_id, total IS NOT NULL, (status = 'paid') IS TRUE FROM orders",
    'SELECT "group", "Mixed Case" FROM "Odd Names"',
    'SELECT o."group" AS "주문 그룹" FROM "Odd Names" AS o ORDER BY "주문 그룹"',
    "SELECT SUM(i.quantity * i.unit_price)::numeric AS 매출 FROM order_items AS i",
    "SELECT to_date('2024-01-31', 'YYYY-MM-DD'), to_timestamp(0), to_number('12', '99')",
    "SELECT date_trunc('week', ordered_at)::date AS wk, COUNT(DISTINCT customer_id) FROM orders GROUP BY wk"
    " ORDER BY wk",
    "SELECT name FROM products WHERE to_tsvector('simple', name) @@ plainto_tsquery('simple', 'coffee')",
    "SELECT md5(email) FROM customers",
    "SELECT id -- the key\nFROM orders /* all of them */ LIMIT 3",
    "SELECT id FROM orders;",
    "SELECT c.city, o.status, COUNT(*) FROM customers AS c, orders AS o WHERE o.customer_id = c.id GROUP BY"
    " c.city, o.status",
    "SELECT id FROM public.orders",
    "SELECT ordered_at::date - birth_date AS days FROM orders JOIN customers ON customers.id = customer_id",
    "SELECT (SELECT COUNT(*) FROM orders WHERE orders.customer_id = customers.id) AS n, name FROM customers"
    " ORDER BY n DESC",
    "SELECT EXTRACT(epoch FROM (MAX(ordered_at) - MIN(ordered_at))) / 86400 FROM orders",
    "SELECT name, price FROM products ORDER BY price DESC LIMIT 5 OFFSET 10",
    "SELECT name, format('%s: %s', name, price) FROM products",
    "SELECT x.status, x.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) x WHERE x.n > 1",
    "SELECT regr_slope(price, stock), regr_intercept(price, stock), covar_pop(price, stock) FROM products",
    "SELECT repeat('*', 5), translate(name, 'abc', 'xyz'), ascii(name), chr(65), starts_with(name, 'c') FROM products",
)
