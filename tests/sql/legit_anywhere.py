"""More analysis, over any tables: it passes when there is no catalog to look names up in."""

ANYWHERE = {
    "postgres": (
        "SELECT date_trunc('week', created_at)::date AS wk, count(DISTINCT user_id) AS wau FROM events GROUP BY"
        " 1 ORDER BY 1",
        "SELECT to_char(date_trunc('month', created_at), 'YYYY-MM') AS month, sum(amount) FROM payments GROUP BY 1",
        "SELECT created_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Seoul' FROM events",
        "SELECT (created_at AT TIME ZONE 'Asia/Seoul')::date AS d, count(*) FROM events GROUP BY d",
        "SELECT timezone('Asia/Seoul', created_at) FROM events",
        "SELECT date_trunc('day', created_at, 'Asia/Seoul') FROM events",
        "SELECT extract(isoyear FROM created_at), extract(week FROM created_at), extract(hour from created_at)"
        " FROM events",
        "SELECT date_part('dow', created_at) AS dow, count(*) FROM events GROUP BY dow",
        "SELECT age(now(), birth_date), extract(year FROM age(birth_date)) FROM customers",
        "SELECT now() - interval '30 days', current_date - interval '1 year', now() - '2 hours'::interval",
        "SELECT * FROM events WHERE created_at >= date_trunc('month', now()) - interval '1 month' AND"
        " created_at < date_trunc('month', now())",
        "SELECT justify_interval(interval '40 days 25 hours'), make_interval(days => 10)",
        "SELECT EXTRACT(EPOCH FROM (ended_at - started_at)) / 60 AS minutes FROM sessions",
        "SELECT to_timestamp(1700000000), to_date('20240131', 'YYYYMMDD'), to_timestamp('2024-01-31 10:00',"
        " 'YYYY-MM-DD HH24:MI')",
        "SELECT date_bin('15 minutes', created_at, timestamp '2001-01-01') AS slot, count(*) FROM events GROUP BY slot",
        "SELECT make_date(2024, 2, 29), make_time(8, 15, 23.5), make_timestamp(2024, 1, 1, 0, 0, 0)",
        "SELECT d::date FROM generate_series('2024-01-01'::date, '2024-12-31'::date, '1 day'::interval) AS d",
        "SELECT d::date, coalesce(count(o.id), 0) FROM generate_series(date '2024-01-01', date '2024-01-31',"
        " interval '1 day') d LEFT JOIN orders o ON o.ordered_at::date = d::date GROUP BY d ORDER BY d",
        "SELECT generate_series(1, 12) AS m",
        "SELECT h, count(e.*) FROM generate_series(0, 23) AS h LEFT JOIN events e ON extract(hour FROM"
        " e.created_at) = h GROUP BY h",
        "SELECT count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status = 'refunded') AS"
        " refunded FROM orders",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, percentile_disc(0.9) WITHIN"
        " GROUP (ORDER BY amount) FROM payments",
        "SELECT mode() WITHIN GROUP (ORDER BY city) FROM customers",
        "SELECT DISTINCT ON (customer_id) customer_id, ordered_at, total FROM orders ORDER BY customer_id,"
        " ordered_at DESC",
        "SELECT c.name, x.total FROM customers c CROSS JOIN LATERAL (SELECT total FROM orders o WHERE"
        " o.customer_id = c.id ORDER BY ordered_at DESC LIMIT 3) x",
        "SELECT c.name, x.total FROM customers c LEFT JOIN LATERAL (SELECT sum(total) AS total FROM orders o"
        " WHERE o.customer_id = c.id) x ON TRUE",
        "SELECT rank() OVER (PARTITION BY country ORDER BY revenue DESC), dense_rank() OVER w, ntile(4) OVER w"
        " FROM sales WINDOW w AS (ORDER BY revenue)",
        "SELECT sum(amount) OVER (ORDER BY day RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM daily",
        "SELECT avg(amount) OVER (PARTITION BY region ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS"
        " ma7 FROM daily",
        "SELECT first_value(amount) OVER (PARTITION BY region ORDER BY day), last_value(amount) OVER (PARTITION"
        " BY region ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value(amount,"
        " 2) OVER (ORDER BY day) FROM daily",
        "SELECT lag(amount, 7, 0) OVER (ORDER BY day), lead(amount) OVER (ORDER BY day) FROM daily",
        "SELECT (amount - lag(amount) OVER (ORDER BY day)) / nullif(lag(amount) OVER (ORDER BY day),"
        " 0)::numeric * 100 AS growth_pct FROM daily",
        "SELECT cume_dist() OVER (ORDER BY amount), percent_rank() OVER (ORDER BY amount) FROM payments",
        "SELECT region, product, sum(amount) FROM sales GROUP BY ROLLUP (region, product)",
        "SELECT region, product, sum(amount), grouping(region, product) FROM sales GROUP BY CUBE (region, product)",
        "SELECT region, product, sum(amount) FROM sales GROUP BY GROUPING SETS ((region, product), (region), ())",
        "SELECT data->>'name', data->'address'->>'city', data#>>'{a,b}' FROM docs",
        "SELECT * FROM docs WHERE data @> '{\"active\": true}'::jsonb",
        "SELECT * FROM docs WHERE data ? 'email' AND data->'tags' ?| array['a','b']",
        "SELECT key, value FROM docs, jsonb_each_text(data)",
        "SELECT jsonb_array_elements(data->'items')->>'sku' AS sku, count(*) FROM docs GROUP BY 1",
        "SELECT jsonb_object_agg(k, v), json_agg(row_to_json(d)) FROM (SELECT 'a' AS k, 1 AS v) d",
        "SELECT jsonb_path_query(data, '$.items[*] ? (@.price > 10)') FROM docs",
        "SELECT jsonb_build_object('id', id, 'name', name), json_build_array(1, 2) FROM customers",
        "SELECT (data->>'age')::int + 1 FROM docs",
        "SELECT data['name'] FROM docs",
        "SELECT jsonb_array_length(data->'items'), jsonb_typeof(data) FROM docs",
        "SELECT x.* FROM docs, jsonb_to_recordset(data->'items') AS x(sku text, qty int)",
        "SELECT * FROM customers WHERE email ~* '^[a-z0-9._%+-]+@([a-z0-9-]+\\.)+[a-z]{2,}$'",
        "SELECT regexp_replace(phone, '[^0-9]', '', 'g'), regexp_match(email, '@(.+)$'), (regexp_match(email,"
        " '@(.+)$'))[1] FROM customers",
        "SELECT split_part(email, '@', 2) AS domain, count(*) FROM customers GROUP BY 1 ORDER BY 2 DESC",
        "SELECT substring(phone from '^\\d{3}'), substring(name for 3), position('a' in name), overlay(name"
        " placing '**' from 2 for 2) FROM customers",
        "SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM customers",
        "SELECT array_agg(id ORDER BY id), array_length(array_agg(id), 1), unnest(array_agg(id)) FROM orders",
        "SELECT tags[1], array_to_string(tags, ','), cardinality(tags) FROM posts WHERE 'sql' = ANY(tags)",
        "SELECT * FROM posts WHERE tags && ARRAY['a', 'b']::text[] AND tags @> ARRAY['c']",
        "SELECT unnest(string_to_array('a,b,c', ','))",
        "SELECT t.tag, count(*) FROM posts p CROSS JOIN unnest(p.tags) AS t(tag) GROUP BY t.tag",
        "SELECT * FROM unnest(ARRAY[1,2,3]) WITH ORDINALITY AS t(v, i)",
        "SELECT lpad(id::text, 8, '0'), rpad(name, 20), initcap(name), format('%s: %s', name, id), concat_ws('"
        " ', first_name, last_name) FROM customers",
        "SELECT to_char(1234567.891, 'FM9,999,999.00'), to_char(now(), 'HH24:MI:SS'), to_char(0.256, '990.0%')",
        "SELECT round(avg(total)::numeric, 2), ceil(1.2), floor(1.8), trunc(1.999, 1), abs(-1), mod(7, 3),"
        " power(2, 10), sqrt(2), ln(10), log(100), sign(-1) FROM orders",
        "SELECT stddev(total), stddev_pop(total), variance(total), var_samp(total), corr(total, id),"
        " covar_pop(total, id), regr_slope(total, id), regr_intercept(total, id), regr_r2(total, id) FROM"
        " orders",
        "SELECT width_bucket(total, 0, 1000, 10) AS bucket, count(*) FROM orders GROUP BY bucket ORDER BY bucket",
        "SELECT bool_and(is_active), bool_or(is_active), every(is_active), bit_and(flags), bit_or(flags) FROM"
        " customers",
        "SELECT coalesce(a, b, 0), nullif(a, ''), greatest(a, b), least(a, b), CASE a WHEN 1 THEN 'x' ELSE 'y'"
        " END FROM t",
        "SELECT * FROM (VALUES ('KR', '한국'), ('US', '미국')) AS c(code, label) JOIN customers ON"
        " customers.country = c.code",
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 INTERSECT ALL SELECT 4",
        "(SELECT id FROM orders ORDER BY total DESC LIMIT 5) UNION ALL (SELECT id FROM orders ORDER BY total LIMIT 5)",
        "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT sum(n) FROM t",
        "WITH RECURSIVE org AS (SELECT id, manager_id, name, 1 AS lvl, ARRAY[id] AS path FROM employees WHERE"
        " manager_id IS NULL UNION ALL SELECT e.id, e.manager_id, e.name, o.lvl + 1, o.path || e.id FROM"
        " employees e JOIN org o ON e.manager_id = o.id WHERE NOT e.id = ANY(o.path)) SELECT * FROM org",
        "WITH RECURSIVE days AS (SELECT date '2024-01-01' AS d UNION ALL SELECT (d + interval '1 day')::date"
        " FROM days WHERE d < date '2024-12-31') SELECT d FROM days",
        "WITH RECURSIVE m AS (SELECT date_trunc('month', min(created_at)) AS mon FROM events UNION ALL SELECT"
        " mon + interval '1 month' FROM m WHERE mon < now()) SELECT mon FROM m",
        "WITH first AS (SELECT user_id, min(created_at)::date AS d0 FROM events GROUP BY 1), act AS (SELECT"
        " DISTINCT user_id, created_at::date AS d FROM events) SELECT d0, d - d0 AS day_n, count(DISTINCT"
        " a.user_id) FROM first f JOIN act a USING (user_id) GROUP BY 1, 2 ORDER BY 1, 2",
        "WITH s AS (SELECT user_id, created_at, CASE WHEN created_at - lag(created_at) OVER (PARTITION BY"
        " user_id ORDER BY created_at) > interval '30 minutes' THEN 1 ELSE 0 END AS new FROM events) SELECT"
        " user_id, sum(new) OVER (PARTITION BY user_id ORDER BY created_at) AS session_no FROM s",
        "WITH g AS (SELECT user_id, d, d - (row_number() OVER (PARTITION BY user_id ORDER BY d))::int AS grp"
        " FROM (SELECT DISTINCT user_id, created_at::date AS d FROM events) x) SELECT user_id, min(d), max(d),"
        " count(*) FROM g GROUP BY user_id, grp HAVING count(*) >= 3",
        "SELECT count(*) FILTER (WHERE step >= 1) AS s1, count(*) FILTER (WHERE step >= 2) AS s2, round(100.0 *"
        " count(*) FILTER (WHERE step >= 2) / nullif(count(*) FILTER (WHERE step >= 1), 0), 1) AS conv FROM"
        " funnel",
        "SELECT to_tsvector('english', body) @@ to_tsquery('english', 'cat & dog') FROM posts",
        "SELECT id, ts_rank(to_tsvector('simple', body), plainto_tsquery('simple', 'hello')) AS r FROM posts"
        " ORDER BY r DESC",
        "SELECT ts_headline('english', body, websearch_to_tsquery('english', 'rain')) FROM posts",
        "SELECT name FROM customers WHERE name % 'kim'",
        'SELECT 고객명, 총매출 AS "총 매출" FROM 매출',
        'SELECT "고객명", sum("금액") FROM "주문 내역" WHERE "지역" = \'서울\' GROUP BY "고객명"',
        "SELECT count(*) AS 건수, sum(total) AS 합계 FROM orders WHERE note LIKE '%취소%'",
        "SELECT 'DELETE FROM x; --' AS s",
        "SELECT * FROM orders WHERE note = 'Robert''); DROP TABLE students;--'",
        "SELECT $$it's; DROP TABLE x$$",
        "SELECT $q$ /* not a comment */ ; $q$",
        "SELECT E'tab\\there', E'quote\\'s'",
        "SELECT '/*! not code */', '-- not a comment', 'pg_sleep(5)', '\\copy'",
        'SELECT "select", "from", "user" FROM "table"',
        'SELECT "update", "delete" AS "insert" FROM "order"',
        "SELECT o.id AS order_id, c.* FROM orders AS o JOIN customers AS c ON (c.id = o.customer_id)",
        "SELECT * FROM a FULL OUTER JOIN b USING (id) NATURAL JOIN c",
        "SELECT * FROM orders WHERE (status, country) IN (('paid', 'KR'), ('new', 'US'))",
        "SELECT * FROM orders WHERE total BETWEEN SYMMETRIC 100 AND 1",
        "SELECT * FROM orders WHERE note IS NOT DISTINCT FROM NULL AND ok IS NOT TRUE AND ok IS UNKNOWN",
        "SELECT * FROM customers WHERE name SIMILAR TO '%(a|b)%' OR name ILIKE 'k%' OR name NOT ILIKE '%z'",
        "SELECT * FROM orders FETCH FIRST 10 ROWS ONLY",
        "SELECT * FROM orders ORDER BY total DESC NULLS LAST LIMIT 10 OFFSET 5",
        "SELECT * FROM orders ORDER BY total FETCH FIRST 5 ROWS WITH TIES",
        "SELECT random(), floor(random() * 10) FROM orders ORDER BY random() LIMIT 1",
        "SELECT md5(email), encode(sha256(email::bytea), 'hex') FROM customers",
        "SELECT id::text || '-' || name, 'a' || 1, id::varchar(10), total::money, '{1,2}'::int[] FROM orders",
        "SELECT CAST(total AS numeric(10, 2)), CAST('2024-01-01' AS timestamptz), '5 days'::interval,"
        " '10:00'::time FROM orders",
        "SELECT EXISTS (SELECT 1 FROM orders WHERE total > 100), NOT EXISTS (SELECT 1 FROM customers)",
        "SELECT total > ALL (SELECT total FROM refunds), total = ANY (SELECT 1), total <> ALL (ARRAY[1,2]) FROM orders",
        "SELECT * FROM orders TABLESAMPLE SYSTEM (5) REPEATABLE (42)",
        "SELECT lower(daterange(a, b)), upper(tsrange(c, d)), a <@ daterange(b, c) FROM t",
        "SELECT count(*) FROM bookings WHERE tsrange(start_at, end_at) && tsrange('2024-01-01', '2024-02-01')",
        "SELECT translate(name, 'abc', 'xyz'), reverse(name), repeat('*', 5), strpos(name, 'a'), left(name, 2),"
        " right(name, -1), btrim(name, ' '), ascii('a'), chr(65), char_length(name), octet_length(name) FROM"
        " customers",
        "SELECT starts_with(name, 'K'), name ^@ 'K' FROM customers",
        "SELECT trim(both 'x' from name), trim(leading '0' from code), ltrim(code, '0') FROM t",
        "SELECT CASE WHEN total IS NULL THEN 'none' WHEN total < 10 THEN 'low' ELSE 'high' END AS band,"
        " count(*) FROM orders GROUP BY 1",
        "SELECT sum(CASE WHEN status = 'paid' THEN total ELSE 0 END)::float / sum(total) FROM orders",
        "SELECT json_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM orders GROUP BY status) s",
        "SELECT p.* FROM sales.products p JOIN hr.employees e ON e.id = p.owner_id",
        "SELECT a.attname FROM attributes a",
        "SELECT current_date, current_time, current_timestamp, localtime, localtimestamp, now(),"
        " clock_timestamp(), transaction_timestamp()",
        "SELECT date '2024-01-01' + 7, timestamp '2024-01-01' + time '10:00', interval '1' day, interval '1-2'"
        " year to month",
        "SELECT (date '2024-03-01' - date '2024-02-01') AS days, timestamp '2024-03-01' - timestamp '2024-02-01'",
        "SELECT (d + interval '1 month' - interval '1 day')::date AS month_end FROM t",
        "SELECT isfinite(d), date_trunc('quarter', d), extract(quarter FROM d), extract(doy FROM d),"
        " extract(century from d) FROM t",
        "SELECT row_number() OVER () AS rn, * FROM orders",
        "SELECT id, total, sum(total) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING EXCLUDE GROUP)"
        " FROM orders",
        "SELECT count(*) OVER (), max(total) FILTER (WHERE status = 'x') OVER (PARTITION BY customer_id) FROM orders",
        "SELECT rank(5) WITHIN GROUP (ORDER BY total) FROM orders",
        "SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY total) FROM orders",
        "SELECT array_agg(DISTINCT city) FILTER (WHERE city IS NOT NULL) FROM customers",
        "SELECT (ARRAY[1,2,3])[2], (ARRAY[1,2,3])[1:2], ARRAY[[1,2],[3,4]], array_position(ARRAY['a','b'], 'b')",
        "SELECT ROW(1, 2) = ROW(1, 2), (1, 2) < (1, 3)",
        "SELECT greatest(date '2024-01-01', current_date)",
        "SELECT xs.id FROM (SELECT id FROM orders) AS xs(id) WHERE xs.id > 1",
        'SELECT o.status, o."total" FROM public.orders o',
        "SELECT count(*) FROM orders WHERE ordered_at::date = 'yesterday'::date",
        "SELECT num_nulls(a, b), num_nonnulls(a, b) FROM t",
        "SELECT gcd(12, 18), lcm(4, 6), div(7, 2), degrees(pi()), sin(0), atan2(1, 1), cbrt(27)",
        "SELECT jsonb_pretty(data), jsonb_set(data, '{a}', '1'), data - 'a', data || '{\"b\": 2}' FROM docs",
        "SELECT data @? '$.a[*] ? (@ > 1)', data @@ '$.a == 1', jsonb_path_exists(data, '$.a') FROM docs",
        "SELECT string_agg(x, ',') FROM regexp_split_to_table('a b c', '\\s+') AS x",
        "SELECT count(*) FROM regexp_matches('foobar', 'o', 'g')",
        "SELECT normalize('é', NFC)",
        "SELECT uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', gen_random_uuid()",
        "SELECT id FROM orders WHERE ordered_at >= '2024-01-01' AND ordered_at < '2024-01-01'::date + 7",
        "SELECT customer_id, min(ordered_at) FILTER (WHERE total > 0) AS first_paid FROM orders GROUP BY"
        " customer_id HAVING count(*) > 1 AND max(total) > 10",
        "SELECT pg_typeof_col FROM t",
        "SELECT country, count(*) * 100.0 / sum(count(*)) OVER () AS pct FROM customers GROUP BY country",
        "SELECT ntile(5) OVER (ORDER BY max(ordered_at)) AS r, ntile(5) OVER (ORDER BY count(*)) AS f, ntile(5)"
        " OVER (ORDER BY sum(total)) AS m FROM orders GROUP BY customer_id",
        "SELECT a.product_id, b.product_id, count(*) FROM order_items a JOIN order_items b ON a.order_id ="
        " b.order_id AND a.product_id < b.product_id GROUP BY 1, 2",
        "SELECT sum(total) FILTER (WHERE extract(year FROM ordered_at) = 2024) AS y24, sum(total) FILTER (WHERE"
        " extract(year FROM ordered_at) = 2023) AS y23 FROM orders",
        "SELECT a <-> b FROM t",
        "SELECT ln(total + 1), exp(1), log(2, 8), factorial(5), scale(1.23), to_hex(255) FROM orders",
        "SELECT bit_length('a'), position('b' IN 'abc'), quote_literal('a'), quote_ident('a b')",
        "SELECT substr(md5(random()::text), 1, 8)",
        "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a int PATH '$')) t",
        "SELECT data::json->0->>'x', json_extract_path_text(data, 'a', 'b'), json_array_length(data) FROM docs",
        "SELECT any_value(name) FROM customers",
        "SELECT count(DISTINCT (a, b)) FROM t",
        "SELECT ((a)) + (((b))) FROM t",
        "SELECT 1 AS a, 2 AS b WHERE true",
        "SELECT * FROM orders o, customers c WHERE o.customer_id = c.id AND c.country = 'KR'",
        "SELECT min(x), max(x), avg(x) FROM (SELECT unnest(ARRAY[1,2,3]) AS x) s",
        "SELECT extract(timezone_hour FROM now()), now() AT TIME ZONE interval '9 hours'",
        "SELECT ordered_at AT TIME ZONE tz FROM orders",
        "SELECT date_trunc('month', ordered_at) + interval '1 month' - interval '1 second' FROM orders",
        "SELECT date_add(now(), interval '1 day')",
        "SELECT string_to_array(name, NULL), array_remove(tags, 'x'), array_cat(a, b), array_append(a, 1) FROM t",
        "SELECT sum(a * b) / nullif(sum(b), 0) AS wavg FROM t",
        "SELECT CURRENT_DATE - ordered_at::date AS age_days FROM orders",
        "SELECT regexp_count(name, 'a'), regexp_like(name, 'a', 'i'), regexp_substr(name, '\\w+'),"
        " regexp_instr(name, 'a') FROM customers",
        'SELECT name COLLATE "ko_KR.utf8" FROM customers ORDER BY name COLLATE "C"',
        "SELECT 1_000_000",
        "SELECT 0x1F, 1e10, .5, 5.",
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) THEN 'buyer' ELSE 'lead'"
        " END FROM customers c",
        "WITH RECURSIVE bom AS (SELECT parent_id, child_id, qty FROM parts WHERE parent_id = 1 UNION ALL SELECT"
        " p.parent_id, p.child_id, b.qty * p.qty FROM bom b JOIN parts p ON p.parent_id = b.child_id) SELECT"
        " child_id, sum(qty) FROM bom GROUP BY 1",
        "WITH x AS MATERIALIZED (SELECT 1 AS a), y AS NOT MATERIALIZED (SELECT 2 AS b) SELECT * FROM x, y",
        "SELECT tablename FROM catalog_tables",
        "SELECT log_level, \"timestamp\", level, value FROM logs WHERE date = '2024-01-01' AND type = 'x' AND"
        " name = 'y'",
        "SELECT year, month, day, hour, second, text, comment, action, position, rank, row_number, count FROM stats",
        "SELECT date_trunc('day', ts) d, count(*) FROM events WHERE ts > now() - interval '7 days' GROUP BY d",
        "SELECT * FROM sales.orders",
        "SELECT percentile_cont(array[0.25,0.5,0.75]) within group (order by x) FROM t",
        "SELECT jsonb_path_query_array(data, '$.items[*].price') FROM t",
        "SELECT * FROM jsonb_to_recordset('[{\"a\":1}]') AS x(a int, b text)",
        "SELECT x.a FROM t, jsonb_to_record(t.j) AS x(a int)",
        "SELECT EXTRACT(dow FROM ts), EXTRACT(isodow FROM ts), date_part('week', ts) FROM t",
        "SELECT * FROM t WHERE (a, b) IN ((1,2),(3,4)) AND (a, b) > (1, 2)",
        "SELECT array_agg(x ORDER BY y DESC) FILTER (WHERE x > 1) FROM t",
        "SELECT lag(x) OVER (PARTITION BY a ORDER BY b), sum(x) OVER (ORDER BY b ROWS 3 PRECEDING), sum(x) OVER"
        " (ORDER BY b GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM t",
        "WITH x AS NOT MATERIALIZED (SELECT 1 AS a) SELECT * FROM x",
        "SELECT e FROM a LEFT JOIN LATERAL jsonb_array_elements(a.j) e ON true",
        "SELECT unnest(ARRAY[1,2,3])",
        "SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b']) AS u(x,y)",
        "SELECT * FROM generate_series(1, 10) WITH ORDINALITY AS g(a, i)",
        "SELECT name FROM t WHERE name ILIKE ANY (ARRAY['%a%', '%b%'])",
        "SELECT name FROM t WHERE a BETWEEN SYMMETRIC 5 AND 1",
        "SELECT interval '1 day' * 3, make_interval(days => 3), now() + make_interval(hours => 2)",
        "SELECT daterange(a, b) && daterange(c, d), daterange(a,b) @> DATE '2024-01-01' FROM t",
        "SELECT (a, b) OVERLAPS (c, d) FROM t",
        "SELECT * FROM t TABLESAMPLE BERNOULLI (10)",
        "SELECT count(*) FROM t WHERE ts >= '2024-01-01'::timestamptz AT TIME ZONE 'UTC'",
        "SELECT date '2024-01-01' + generate_series(0, 30) AS day",
        "SELECT * FROM crosstab_free",
        "SELECT a, b, sum(c) FROM t GROUP BY GROUPING SETS ((a,b), ROLLUP(a), ())",
        "SELECT x IS NOT DISTINCT FROM y, x ISNULL, y NOTNULL FROM t",
        "SELECT substring(name from '[0-9]+'), substring(name, 2), overlay(name placing 'x' from 2 for 1) FROM t",
        "SELECT count(*) FILTER (WHERE a) * 100.0 / NULLIF(count(*), 0) FROM t",
        "SELECT to_char(total, 'FM999,999.00'), to_char(now(), 'Day') FROM t",
        'SELECT name COLLATE "C" FROM t ORDER BY name COLLATE "ko_KR"',
        "SELECT a #- '{x}', a - 'k', a || '{\"x\":1}'::jsonb, a ?| array['x'], a ?& array['y'] FROM t",
        "SELECT jsonb_path_exists(j, '$.a ? (@ > 1)'), j @? '$.a', j @@ '$.a > 1' FROM t",
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY a ORDER BY b DESC) rn FROM t) q WHERE rn <= 3",
        "SELECT tags[1:2], tags[array_length(tags, 1)], array_to_string(tags, ',') FROM t",
        "SELECT now()::date - interval '1 month', current_date - 7, localtimestamp, current_timestamp(0),"
        " current_time FROM t",
        "SELECT e'a\\nb', E'it\\'s', $$dollar$$, B'101', X'1F'",
        "SELECT CASE WHEN count(*) = 0 THEN NULL ELSE sum(x)::float8 / count(*) END FROM t",
        "SELECT a::varchar(10), b::double precision, c::timestamp without time zone, d::int[], e::uuid,"
        " f::bool, g::numeric FROM t",
        "SELECT min(ts), max(ts), max(ts) - min(ts), age(max(ts), min(ts)) FROM t",
        "SELECT t1.a FROM t1 INNER JOIN t2 USING (a) LEFT OUTER JOIN t3 ON t3.a = t1.a RIGHT JOIN t4 ON true"
        " CROSS JOIN t5",
        "SELECT sum(x) OVER w, avg(x) OVER (w ROWS UNBOUNDED PRECEDING) FROM t WINDOW w AS (PARTITION BY a ORDER BY b)",
        "SELECT regexp_matches(a, 'x', 'g'), a ~ 'b', a !~* 'c', a LIKE 'x\\_%' ESCAPE '\\' FROM t",
        "SELECT format('%s (%s)', a, b), quote_literal(a), concat_ws(', ', a, b), chr(10) FROM t",
        "WITH RECURSIVE tree AS (SELECT id, parent_id, name::text AS path FROM cat WHERE parent_id IS NULL"
        " UNION ALL SELECT c.id, c.parent_id, t.path || ' > ' || c.name FROM cat c JOIN tree t ON c.parent_id ="
        " t.id) SELECT * FROM tree",
        "SELECT count(*) FROM t HAVING count(*) > 5",
        "SELECT json_agg(t) FROM (SELECT a, b FROM x) t",
        "SELECT row_to_json(t) FROM (SELECT a FROM x) t",
        "SELECT a FROM t ORDER BY a ASC NULLS FIRST LIMIT 10 OFFSET 20",
        "SELECT a FROM t LIMIT (SELECT count(*) / 10 FROM t)",
        "SELECT st.a FROM (VALUES (1, 'x'), (2, 'y')) AS st (a, b)",
        "SELECT a FROM t WHERE a = SOME (ARRAY[1,2])",
        "SELECT round(x::numeric, 2), trunc(x, 1), div(7, 2), log(10, x), cbrt(x), sign(x) FROM t",
        "SELECT encode(digest, 'hex'), decode(a, 'base64'), sha256(b) FROM t",
        "SELECT date(created_at), count(*) FROM t GROUP BY date(created_at)",
        "SELECT year(d), month(d) FROM t",
        "SELECT * FROM t1 LEFT JOIN (t2 CROSS JOIN t3) ON true",
        "SELECT ARRAY(SELECT id FROM t)",
        "SELECT EXTRACT(EPOCH FROM now() - ts)::int / 60, ts + (n || ' days')::interval FROM t",
        "SELECT * FROM t WHERE a @> '{1}' AND b && '{2}'::int[] AND c <@ ARRAY[1,2] AND d = ANY('{a,b}'::text[])",
        "SELECT count(*) OVER (PARTITION BY date_trunc('month', ts)), sum(sum(x)) OVER (ORDER BY min(ts)) FROM"
        " t GROUP BY ts",
    ),
    "mysql": (
        "SELECT DATE_FORMAT(created_at, '%Y-%m') AS ym, COUNT(DISTINCT user_id) AS mau FROM events GROUP BY ym"
        " ORDER BY ym",
        "SELECT YEARWEEK(created_at, 3) AS w, SUM(amount) FROM payments GROUP BY YEARWEEK(created_at, 3)",
        "SELECT DATE(CONVERT_TZ(created_at, '+00:00', '+09:00')) AS d, COUNT(*) FROM events GROUP BY d",
        "SELECT * FROM events WHERE created_at >= NOW() - INTERVAL 30 DAY",
        "SELECT * FROM events WHERE created_at >= DATE_SUB(CURDATE(), INTERVAL 1 MONTH) AND created_at < CURDATE()",
        "SELECT DATE_ADD('2024-01-31', INTERVAL 1 MONTH), DATE_SUB(NOW(), INTERVAL 1 QUARTER),"
        " ADDDATE('2024-01-01', 31)",
        "SELECT LAST_DAY(NOW()), DAYOFWEEK(NOW()), WEEKDAY(NOW()), WEEK(NOW(), 1), QUARTER(NOW()),"
        " DAYNAME(NOW()), MONTHNAME(NOW())",
        "SELECT TIMESTAMPDIFF(YEAR, birth_date, CURDATE()) AS age FROM customers",
        "SELECT TIMESTAMPDIFF(MINUTE, started_at, ended_at), DATEDIFF(ended_at, started_at), TIMEDIFF(ended_at,"
        " started_at) FROM sessions",
        "SELECT UNIX_TIMESTAMP(created_at), FROM_UNIXTIME(1700000000), FROM_UNIXTIME(ts, '%Y-%m-%d') FROM events",
        "SELECT STR_TO_DATE('31/01/2024', '%d/%m/%Y'), DATE('2024-01-01 10:00:00'), TIME('2024-01-01 10:00:00')",
        "SELECT EXTRACT(YEAR_MONTH FROM created_at), EXTRACT(DAY FROM created_at), HOUR(created_at),"
        " MINUTE(created_at) FROM events",
        "SELECT MAKEDATE(2024, 60), MAKETIME(10, 30, 0), SEC_TO_TIME(3661), TIME_TO_SEC('01:01:01'),"
        " PERIOD_DIFF(202402, 202301), PERIOD_ADD(202401, 3)",
        "SELECT NOW(), NOW(6), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3), CURDATE(), CURRENT_DATE, CURTIME(),"
        " UTC_TIMESTAMP(), UTC_DATE(), SYSDATE(), LOCALTIME, LOCALTIMESTAMP()",
        "SELECT GROUP_CONCAT(DISTINCT name ORDER BY name SEPARATOR ', ') FROM customers",
        "SELECT GROUP_CONCAT(CONCAT(name, ':', total) ORDER BY total DESC SEPARATOR '|') FROM orders JOIN"
        " customers USING (id)",
        "SELECT IFNULL(note, '-'), COALESCE(a, b, 0), NULLIF(a, ''), IF(total > 100, 'big', 'small'),"
        " GREATEST(a, b), LEAST(a, b), ISNULL(a) FROM t",
        "SELECT ROUND(AVG(total), 2), FORMAT(SUM(total), 0), TRUNCATE(1.999, 1), CEIL(1.2), FLOOR(1.8), MOD(7,"
        " 3), 7 DIV 2, 7 % 2, POW(2, 8), SQRT(2), LOG(10), LOG10(100), LOG2(8), LN(2), EXP(1), SIGN(-1),"
        " ABS(-5) FROM orders",
        "SELECT STDDEV(total), STDDEV_SAMP(total), VAR_POP(total), VAR_SAMP(total), VARIANCE(total),"
        " BIT_AND(flags), BIT_OR(flags), BIT_XOR(flags), ANY_VALUE(name) FROM orders",
        "SELECT UPPER(name), LOWER(name), UCASE(name), LCASE(name), LENGTH(name), CHAR_LENGTH(name), LEFT(name,"
        " 2), RIGHT(name, 2), SUBSTRING(name, 2, 3), SUBSTRING(name FROM 2 FOR 3), MID(name, 1, 2),"
        " REPLACE(name, 'a', 'b'), REVERSE(name), TRIM(name), LTRIM(name), RTRIM(name), TRIM(BOTH 'x' FROM"
        " name) FROM customers",
        "SELECT CONCAT(name, ' <', email, '>'), CONCAT_WS('-', a, b, c), LPAD(id, 8, '0'), RPAD(name, 20, ' '),"
        " REPEAT('*', 5), SPACE(3), INSTR(name, 'a'), LOCATE('a', name), LOCATE('a', name, 2), POSITION('a' IN"
        " name), FIND_IN_SET('b', 'a,b,c'), FIELD(status, 'a', 'b'), ELT(2, 'a', 'b'), SUBSTRING_INDEX(email,"
        " '@', -1) FROM customers",
        "SELECT SUBSTRING_INDEX(email, '@', -1) AS domain, COUNT(*) FROM customers GROUP BY domain ORDER BY 2"
        " DESC LIMIT 10",
        "SELECT INSERT('abcdef', 2, 2, 'xx'), ASCII('a'), ORD('가'), CHAR(65, 66), CHAR(0xAC00 USING utf8mb4),"
        " HEX('a'), UNHEX('61'), BIN(5), OCT(8), CONV('ff', 16, 10), QUOTE('a'), SOUNDEX('kim'), STRCMP('a',"
        " 'b'), BIT_LENGTH('a'), BIT_COUNT(7)",
        "SELECT MD5(email), SHA1(email), SHA2(email, 256), CRC32(email), TO_BASE64('a'), FROM_BASE64('YQ==')"
        " FROM customers",
        "SELECT * FROM customers WHERE email REGEXP '^[a-z0-9._%+-]+@([a-z0-9-]+\\\\.)+[a-z]{2,}$'",
        "SELECT * FROM customers WHERE name RLIKE '^(Kim|Lee)' AND name NOT REGEXP '[0-9]'",
        "SELECT REGEXP_REPLACE(phone, '[^0-9]', ''), REGEXP_SUBSTR(email, '@.+'), REGEXP_INSTR(name, 'a') FROM"
        " customers",
        "SELECT REGEXP_LIKE(name, '^k', 'i') FROM customers",
        "SELECT data->'$.name', data->>'$.address.city', JSON_EXTRACT(data, '$.a[0]'),"
        " JSON_UNQUOTE(JSON_EXTRACT(data, '$.b')) FROM docs",
        "SELECT JSON_VALUE(data, '$.price'), JSON_LENGTH(data, '$.items'), JSON_KEYS(data), JSON_TYPE(data),"
        " JSON_VALID('{}'), JSON_CONTAINS(data, '1', '$.ids') FROM docs",
        "SELECT JSON_OBJECT('id', id, 'name', name), JSON_ARRAY(1, 2), JSON_ARRAYAGG(name), JSON_OBJECTAGG(id,"
        " name) FROM customers",
        "SELECT j.sku, SUM(j.qty) FROM docs, JSON_TABLE(data, '$.items[*]' COLUMNS (sku VARCHAR(20) PATH"
        " '$.sku', qty INT PATH '$.qty')) AS j GROUP BY j.sku",
        "SELECT * FROM docs WHERE 'x' MEMBER OF (data->'$.tags')",
        "SELECT * FROM posts WHERE MATCH (title, body) AGAINST ('+mysql -oracle' IN BOOLEAN MODE)",
        "SELECT id, MATCH (body) AGAINST ('hello' IN NATURAL LANGUAGE MODE) AS score FROM posts ORDER BY score DESC",
        "SELECT MATCH (body) AGAINST ('x' WITH QUERY EXPANSION) FROM posts",
        "SELECT ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders",
        "SELECT RANK() OVER w, DENSE_RANK() OVER w, NTILE(4) OVER w, PERCENT_RANK() OVER w, CUME_DIST() OVER w"
        " FROM orders WINDOW w AS (ORDER BY total)",
        "SELECT SUM(total) OVER (ORDER BY ordered_at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), AVG(total) OVER"
        " (PARTITION BY status) FROM orders",
        "SELECT SUM(total) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW)"
        " FROM orders",
        "SELECT LAG(total, 1, 0) OVER (ORDER BY id), LEAD(total) OVER (ORDER BY id), FIRST_VALUE(total) OVER"
        " (ORDER BY id), LAST_VALUE(total) OVER (ORDER BY id), NTH_VALUE(total, 2) OVER (ORDER BY id) FROM"
        " orders",
        "SELECT status, COUNT(*) FROM orders GROUP BY status WITH ROLLUP",
        "SELECT IF(GROUPING(status), 'all', status), SUM(total) FROM orders GROUP BY status WITH ROLLUP",
        "SELECT city, SUM(is_active = 1) AS active, SUM(status = 'paid') / COUNT(*) AS rate FROM customers"
        " GROUP BY city HAVING active > 5",
        "WITH RECURSIVE d AS (SELECT DATE('2024-01-01') AS day UNION ALL SELECT day + INTERVAL 1 DAY FROM d"
        " WHERE day < '2024-12-31') SELECT d.day, COUNT(o.id) FROM d LEFT JOIN orders o ON DATE(o.ordered_at) ="
        " d.day GROUP BY d.day",
        "WITH RECURSIVE d AS (SELECT CURDATE() - INTERVAL 29 DAY AS day UNION ALL SELECT DATE_ADD(day, INTERVAL"
        " 1 DAY) FROM d WHERE day < CURDATE()) SELECT * FROM d",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 24) SELECT i FROM n",
        "WITH RECURSIVE t AS (SELECT id, parent_id, name, 0 AS depth, CAST(name AS CHAR(500)) AS path FROM cat"
        " WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.depth + 1, CONCAT(t.path, ' >"
        " ', c.name) FROM cat c JOIN t ON c.parent_id = t.id WHERE t.depth < 10) SELECT * FROM t",
        "WITH f AS (SELECT user_id, MIN(DATE(created_at)) AS d0 FROM events GROUP BY user_id) SELECT d0,"
        " DATEDIFF(DATE(e.created_at), d0) AS n, COUNT(DISTINCT e.user_id) FROM events e JOIN f USING (user_id)"
        " GROUP BY d0, n",
        "SELECT c.name, (SELECT MAX(o.total) FROM orders o WHERE o.customer_id = c.id) AS best FROM customers c"
        " ORDER BY best DESC LIMIT 10 OFFSET 20",
        "SELECT * FROM orders LIMIT 20, 10",
        "SELECT * FROM orders o LEFT JOIN customers c ON c.id = o.customer_id RIGHT JOIN items i ON i.order_id"
        " = o.id CROSS JOIN params p",
        "SELECT * FROM a STRAIGHT_JOIN b ON a.id = b.id",
        "SELECT DISTINCT city FROM customers UNION SELECT city FROM suppliers ORDER BY city",
        "(SELECT id FROM orders ORDER BY total DESC LIMIT 5) UNION ALL (SELECT id FROM orders ORDER BY total LIMIT 5)",
        "SELECT id FROM a INTERSECT SELECT id FROM b EXCEPT SELECT id FROM c",
        "SELECT * FROM (VALUES ROW(1, 'a'), ROW(2, 'b')) AS v(id, label)",
        "SELECT x.* FROM (SELECT 1 AS id UNION ALL SELECT 2) x",
        "SELECT t.id, l.m FROM t, LATERAL (SELECT MAX(v) AS m FROM u WHERE u.t_id = t.id) AS l",
        "SELECT CASE status WHEN 'paid' THEN 1 WHEN 'new' THEN 2 ELSE 0 END AS s, COUNT(*) FROM orders GROUP BY s",
        "SELECT * FROM orders WHERE total BETWEEN 1 AND 10 AND status IN ('a', 'b') AND note IS NOT NULL AND"
        " name LIKE '%50\\%%' AND name NOT LIKE 'a|_%' ESCAPE '|'",
        "SELECT * FROM orders WHERE (customer_id, status) IN ((1, 'paid'), (2, 'new'))",
        "SELECT * FROM orders WHERE total <=> NULL OR total <> 5 OR total != 6 XOR id = 1",
        "SELECT a && b, a || b, NOT a, !a, a & 1, a | 2, a ^ 3, ~a, a << 1, a >> 1 FROM t",
        "SELECT CAST(total AS SIGNED), CAST(total AS UNSIGNED), CAST(total AS DECIMAL(10, 2)), CAST(total AS"
        " CHAR), CAST(d AS DATE), CAST(d AS DATETIME), CAST(d AS TIME), CAST(x AS JSON), CONVERT(total,"
        " CHAR(20)), CONVERT(name USING utf8mb4), CAST(a AS DOUBLE), CAST(a AS FLOAT), CAST(a AS YEAR), CAST(a"
        " AS BINARY(16)) FROM t",
        "SELECT name COLLATE utf8mb4_unicode_ci, _utf8mb4'한글' COLLATE utf8mb4_bin FROM customers ORDER BY name"
        " COLLATE utf8mb4_0900_ai_ci",
        "SELECT `order`, `group`, `select` AS `from` FROM `table`",
        "SELECT `고객명`, SUM(`금액`) AS `총 금액` FROM `주문` WHERE `지역` = '서울' GROUP BY `고객명`",
        "SELECT 고객명, 금액 FROM 주문 WHERE 상태 = '취소'",
        "SELECT 'DELETE FROM x; --', \"it's; DROP TABLE y\", 'a\\'; DROP TABLE z; --'",
        "SELECT * FROM orders WHERE note = '/*! SLEEP(5) */' OR note = '@@version' OR note = 'INTO OUTFILE'",
        "SELECT * FROM orders WHERE note LIKE '%SLEEP(%' # find odd notes",
        "SELECT id FROM orders -- all of them",
        "SELECT /* plain */ id FROM orders /* ! not executable */",
        "SELECT id, RAND(), UUID() FROM orders ORDER BY RAND() LIMIT 5",
        "SELECT INET_ATON('10.0.0.1'), INET_NTOA(167772161)",
        "SELECT INET6_NTOA(ip), IS_IPV4('1.2.3.4'), IS_IPV6('::1') FROM logs",
        "SELECT TIME_FORMAT(t, '%H:%i'), GET_FORMAT(DATE, 'ISO'), DATE_FORMAT(d, GET_FORMAT(DATE, 'USA')) FROM x",
        "SELECT COUNT(DISTINCT a, b), COUNT(*), COUNT(1), COUNT(NULL) FROM t",
        "SELECT SUM(DISTINCT x), AVG(DISTINCT x), MIN(x), MAX(x), STD(x) FROM t",
        "SELECT MAX(CASE WHEN k = 'a' THEN v END) AS a, MAX(CASE WHEN k = 'b' THEN v END) AS b FROM kv GROUP BY id",
        "SELECT 1 AS `a b`, 2 `c`, 3 'd'",
        "SELECT TRUE, FALSE, NULL, 0x4D, X'4D', b'101', 1e3, .5",
        "SELECT DATE '2024-01-01', TIME '10:00:00', TIMESTAMP '2024-01-01 10:00:00'",
        "SELECT '2024-01-01' + INTERVAL 1 DAY, INTERVAL 1 HOUR + NOW(), NOW() + INTERVAL '1 02:03' DAY_MINUTE,"
        " NOW() - INTERVAL 90 SECOND",
        "SELECT JSON_PRETTY(data), JSON_DEPTH(data), JSON_SEARCH(data, 'one', 'x'), JSON_CONTAINS_PATH(data,"
        " 'one', '$.a'), JSON_SET(data, '$.a', 1), JSON_REMOVE(data, '$.a'), JSON_MERGE_PATCH(a, b),"
        " JSON_QUOTE('a'), JSON_OVERLAPS(a, b) FROM docs",
        "SELECT ATAN2(1, 1), ATAN(1), SIN(1), COS(1), TAN(1), COT(1), ACOS(1), ASIN(1), DEGREES(1), RADIANS(1),"
        " PI(), RAND(5), ROUND(1.5), CEILING(1.5)",
        "SELECT TO_DAYS(NOW()), TO_SECONDS(NOW()), FROM_DAYS(738000), DAYOFYEAR(NOW()), DAYOFMONTH(NOW()),"
        " MICROSECOND(NOW(6)), SECOND(NOW()), ADDTIME('10:00', '01:00'), SUBTIME('10:00', '01:00'),"
        " TIMESTAMP('2024-01-01', '10:00:00'), TIMESTAMPADD(HOUR, 3, NOW())",
        "SELECT a.p, b.p, COUNT(*) FROM items a JOIN items b ON a.o = b.o AND a.p < b.p GROUP BY 1, 2 ORDER BY 3 DESC",
        "SELECT g, MIN(d), MAX(d) FROM (SELECT d, d - INTERVAL ROW_NUMBER() OVER (ORDER BY d) DAY AS g FROM"
        " days) x GROUP BY g",
        "SELECT * FROM orders WHERE DATE(ordered_at) = CURDATE() AND HOUR(ordered_at) BETWEEN 9 AND 18 AND"
        " DAYOFWEEK(ordered_at) NOT IN (1, 7)",
        "SELECT customer_id FROM orders GROUP BY customer_id HAVING COUNT(DISTINCT DATE(ordered_at)) >= 3 AND"
        " MAX(ordered_at) < NOW() - INTERVAL 90 DAY",
        "SELECT o1.* FROM orders o1 LEFT JOIN orders o2 ON o1.customer_id = o2.customer_id AND o1.id < o2.id"
        " WHERE o2.id IS NULL",
        "SELECT IF(total > 10, IF(total > 100, 'L', 'M'), 'S') AS size, COUNT(*) FROM orders GROUP BY size",
        "SELECT SUM(IF(YEAR(d) = 2024, total, 0)) AS y24, SUM(IF(YEAR(d) = 2023, total, 0)) AS y23 FROM orders",
        "SELECT CONCAT(FORMAT(100 * SUM(a) / SUM(b), 1), '%') AS pct FROM t",
        "SELECT name, status, type, date, time, timestamp, year, value, comment, user_id, level, count,"
        " position FROM logs",
        "SELECT EXISTS(SELECT 1 FROM orders WHERE id = 1) AS found",
        "SELECT id, total > 100 AS big, total BETWEEN 1 AND 2 AS mid, note IS NULL AS blank, status = 'paid'"
        " paid FROM orders",
        "SELECT 100 * (SELECT COUNT(*) FROM orders WHERE status = 'paid') / (SELECT COUNT(*) FROM orders)",
        "SELECT id FROM orders ORDER BY FIELD(status, 'new', 'paid'), id DESC LIMIT 5",
        "SELECT JSON_UNQUOTE(data->'$.a'), data->'$[0].b', JSON_EXTRACT(data, '$**.price'), JSON_EXTRACT(data,"
        " '$.a', '$.b') FROM docs",
        "SELECT LENGTH(name) - LENGTH(REPLACE(name, ' ', '')) + 1 AS words FROM customers",
        "SELECT DATE_FORMAT(FROM_UNIXTIME(created), '%x-W%v') AS iso_week, COUNT(*) FROM t GROUP BY 1",
        "SELECT DATE_FORMAT(d - INTERVAL WEEKDAY(d) DAY, '%Y-%m-%d') AS monday, SUM(x) FROM t GROUP BY monday",
        "SELECT MAKEDATE(YEAR(d), 1) + INTERVAL QUARTER(d) QUARTER - INTERVAL 1 QUARTER AS q_start FROM t",
        "SELECT SUM(x) OVER (PARTITION BY YEAR(d) ORDER BY d) AS ytd FROM t",
        "SELECT COALESCE(SUM(x), 0) / NULLIF(COUNT(DISTINCT y), 0) FROM t",
        "SELECT * FROM t1 JOIN t2 USING (a, b) WHERE t1.c <> ALL (SELECT c FROM t3) AND t1.d > ANY (SELECT d"
        " FROM t4) AND t1.e = SOME (SELECT 1)",
        "SELECT BINARY name = 'Kim', name = BINARY 'x' FROM customers",
        "SELECT TRIM(TRAILING ',' FROM GROUP_CONCAT(x)) FROM t",
        "SELECT ADDDATE(d, INTERVAL 1 WEEK), SUBDATE(d, 3), DATE_ADD(d, INTERVAL -1 DAY), DATE_ADD(d, INTERVAL"
        " n MONTH), d - INTERVAL 1 YEAR FROM t",
        "SELECT 'a' 'b' 'c', CONCAT('x', NULL), N'한글', _latin1'abc'",
        "SELECT COUNT(*) total, AVG(x) 'average', MIN(x) AS \"lowest\" FROM t",
        "SELECT x FROM t WHERE x IN (SELECT y FROM u WHERE u.t = t.id) AND NOT EXISTS (SELECT * FROM v WHERE"
        " v.x = t.x)",
        "SELECT DISTINCT a, b FROM t ORDER BY a DESC, b ASC LIMIT 100",
        "SELECT `t`.`a` AS `x` FROM `t` AS `t` WHERE `t`.`b` = 1 GROUP BY `t`.`a` HAVING COUNT(0) > 1",
        "SELECT ROUND(SUM(CASE WHEN DATEDIFF(b, a) <= 7 THEN 1 ELSE 0 END) / COUNT(*) * 100, 1) AS d7 FROM r",
        "SELECT ALL id FROM t",
        "SELECT DISTINCTROW id FROM t",
        "SELECT CHAR_LENGTH(CONVERT(name USING utf8mb4)), OCTET_LENGTH(name), CHARACTER_LENGTH(name) FROM t",
        "SELECT DATE_FORMAT(d, '%Y-%m-%d %H:00:00') AS h, COUNT(*) FROM t GROUP BY h WITH ROLLUP",
        "SELECT * FROM t WHERE MATCH (a, b) AGAINST ('x y' IN BOOLEAN MODE)",
        "SELECT CONVERT(a USING utf8mb4), CAST(a AS JSON), CAST(a AS DATETIME), CAST(b AS BINARY), CONVERT('1',"
        " DECIMAL(5,2)) FROM t",
        "SELECT name FROM t WHERE BINARY name = 'a'",
        "SELECT a XOR b, a && b, a || b, !a, a DIV 2, a MOD 2, ~a, a >> 1 FROM t",
        "SELECT a->'$.x', a->>'$.y' FROM t",
        "SELECT 17 MEMBER OF('[23, 17]')",
        "SELECT TIMESTAMPADD(MONTH, 1, d), ADDDATE(d, 5), ADDDATE(d, INTERVAL 1 DAY), d + INTERVAL 1 HOUR,"
        " DATE_ADD(d, INTERVAL '1:30' HOUR_MINUTE) FROM t",
        "SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c)",
        "SELECT SUM(a) OVER (ORDER BY d RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW) FROM t",
        "SELECT * FROM a STRAIGHT_JOIN b ON a.x = b.x",
        "SELECT COALESCE(a, 0), ISNULL(a), a IS NULL, NULLIF(a, 0), IFNULL(a, 'x') FROM t",
        "SELECT x.a FROM t, LATERAL (SELECT MAX(b) AS a FROM u WHERE u.t = t.id) x",
        "SELECT x.* FROM (VALUES ROW(1, 'a'), ROW(2, 'b')) AS x(n, s)",
        "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b DESC SEPARATOR '|') FROM t",
        "SELECT CONCAT(ROUND(100 * SUM(a) / SUM(b), 1), '%') FROM t",
        "SELECT DATE(d), TIME(d), YEAR(d), MONTH(d), CURDATE(), CURRENT_DATE(), NOW(6), UTC_DATE(), SYSDATE() FROM t",
        "SELECT STR_TO_DATE('2024', '%Y'), DATE('2024-01-01'), TIMESTAMP '2024-01-01 00:00:00', DATE '2024-01-01'",
        "SELECT a FROM t WHERE d BETWEEN '2024-01-01' AND LAST_DAY('2024-01-01') AND a NOT IN (SELECT x FROM u"
        " WHERE x IS NOT NULL)",
        "SELECT a, COUNT(*) c FROM t GROUP BY 1 HAVING c > 2 ORDER BY c DESC, 1 LIMIT 5",
        "SELECT * FROM t NATURAL LEFT JOIN u",
        "SELECT a FROM t WHERE a REGEXP '^x' OR a NOT RLIKE 'y$' OR REGEXP_LIKE(a, 'x', 'i')",
        "SELECT JSON_SEARCH(j, 'one', 'x'), JSON_CONTAINS_PATH(j, 'one', '$.a'), JSON_OVERLAPS(a, b),"
        " JSON_EXTRACT(j, '$.a', '$.b') FROM t",
        "SELECT SUBSTRING(a FROM 2 FOR 3), SUBSTR(a, 2), MID(a, 1, 2), TRIM(LEADING '0' FROM a), POSITION('x'"
        " IN a), CHAR_LENGTH(a) FROM t",
        "SELECT FIRST_VALUE(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED"
        " FOLLOWING) FROM t",
        "WITH RECURSIVE seq AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM seq WHERE n < 12) SELECT n FROM seq",
        "SELECT a FROM t ORDER BY FIELD(status, 'new', 'paid'), a IS NULL, a",
        "SELECT CASE DAYOFWEEK(d) WHEN 1 THEN 'Sun' ELSE 'x' END FROM t",
        "SELECT SEC_TO_TIME(SUM(TIME_TO_SEC(a))), TIMEDIFF(a, b), PERIOD_DIFF(202401, 202312) FROM t",
        "SELECT INET_NTOA(ip), CRC32(a), SHA2(a, 256), HEX(a), UNHEX('41'), TO_BASE64(a) FROM t",
        "SELECT COUNT(DISTINCT IF(a = 1, b, NULL)) FROM t",
        "SELECT a FROM t UNION DISTINCT SELECT b FROM u EXCEPT SELECT c FROM v",
        "SELECT STDDEV_POP(a), VAR_POP(a), STD(a), VARIANCE(a) FROM t",
        "SELECT _utf8mb4'x', N'y', 0x41, X'41', b'1'",
        "SELECT DISTINCTROW a FROM t",
        "SELECT DAYNAME(d), MONTHNAME(d), WEEKOFYEAR(d), TO_DAYS(d), FROM_DAYS(1), QUARTER(d) FROM t",
        "SELECT MAKETIME(1,2,3), MICROSECOND(a), EXTRACT(HOUR FROM a), UNIX_TIMESTAMP(), FROM_UNIXTIME(a, '%Y') FROM t",
        "SELECT (SELECT 1) + 1, EXISTS (SELECT 1), a IN (1), (1, 2) = (1, 2) FROM t",
        "SELECT ROW_NUMBER() OVER (ORDER BY a) AS `rank` FROM t",
        "SELECT 'it\\'s', 'a\\\\', 'b''c' FROM t",
        "SELECT `a``b` FROM t",
    ),
    "sqlite": (
        "SELECT strftime('%Y-%m', created_at) AS ym, COUNT(DISTINCT user_id) FROM events GROUP BY ym ORDER BY ym",
        "SELECT date(created_at), COUNT(*) FROM events GROUP BY date(created_at) ORDER BY 1 DESC LIMIT 30",
        "SELECT * FROM events WHERE created_at >= date('now', '-30 days') AND created_at < datetime('now',"
        " 'start of month', '+1 month')",
        "SELECT strftime('%W', created_at), strftime('%w', created_at), strftime('%H:%M', created_at),"
        " strftime('%s', created_at), strftime('%j', created_at) FROM events",
        "SELECT julianday('now') - julianday(birth_date), CAST((julianday('now') - julianday(birth_date)) /"
        " 365.25 AS INTEGER) AS age FROM customers",
        "SELECT datetime(ts, 'unixepoch', 'localtime'), datetime(ts, 'unixepoch', '+9 hours'), date(ts,"
        " 'auto'), unixepoch('now') - unixepoch(created_at) FROM t",
        "SELECT date('now', 'weekday 0', '-6 days'), time('now'), time('12:00', '+90 minutes'),"
        " CURRENT_TIMESTAMP, CURRENT_DATE, CURRENT_TIME",
        "SELECT timediff('2024-02-01', '2024-01-01')",
        "SELECT ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn, RANK() OVER w,"
        " DENSE_RANK() OVER w, NTILE(4) OVER w, CUME_DIST() OVER w, PERCENT_RANK() OVER w FROM orders WINDOW w"
        " AS (ORDER BY total)",
        "SELECT SUM(total) OVER (ORDER BY ordered_at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS r7,"
        " AVG(total) OVER (PARTITION BY status ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        " FROM orders",
        "SELECT LAG(total, 1, 0) OVER (ORDER BY id), LEAD(total) OVER (ORDER BY id), FIRST_VALUE(total) OVER"
        " (ORDER BY id), LAST_VALUE(total) OVER (ORDER BY id), NTH_VALUE(total, 2) OVER (ORDER BY id) FROM"
        " orders",
        "SELECT COUNT(*) FILTER (WHERE status = 'paid') AS paid, SUM(total) FILTER (WHERE status = 'paid') OVER"
        " (PARTITION BY customer_id) FROM orders GROUP BY customer_id",
        "SELECT SUM(total) OVER (ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)"
        " FROM orders",
        "SELECT data->>'$.name', data->'$.items[0]', data->>'name', json_extract(data, '$.a', '$.b') FROM docs",
        "SELECT j.value, COUNT(*) FROM docs, json_each(docs.data, '$.tags') AS j GROUP BY j.value",
        "SELECT key, value, type, atom, fullkey FROM docs, json_tree(docs.data) WHERE type = 'integer'",
        "SELECT json_object('a', 1), json_array(1, 2), json_group_array(name), json_group_object(id, name),"
        " json_array_length(data), json_type(data, '$.a'), json_valid(data), json_set(data, '$.a', 1),"
        " json_insert(data, '$.b', 2), json_replace(data, '$.c', 3), json_remove(data, '$.d'), json_patch(a,"
        " b), json_quote('x') FROM docs",
        "SELECT group_concat(name, ', '), group_concat(DISTINCT city), total(price), SUM(price), AVG(price),"
        " MIN(price), MAX(price), COUNT(DISTINCT city) FROM t",
        "SELECT group_concat(name, ', ' ORDER BY name) FROM customers",
        "SELECT string_agg(name, ', ') FROM customers",
        "SELECT COALESCE(a, 0), IFNULL(a, b), NULLIF(a, ''), IIF(a > 1, 'x', 'y'), CASE a WHEN 1 THEN 2 ELSE 3"
        " END, MAX(a, b, c), MIN(a, b) FROM t",
        "SELECT UPPER(name), LOWER(name), LENGTH(name), SUBSTR(name, 1, 3), SUBSTRING(name, 2), REPLACE(name,"
        " 'a', 'b'), TRIM(name), LTRIM(name, '0'), RTRIM(name), INSTR(name, 'x'), name || ' ' || city,"
        " HEX(name), UNICODE(name), CHAR(72, 105), QUOTE(name), TYPEOF(name), ROUND(1.234, 2), ABS(-1),"
        " SIGN(-1), PRINTF('%.2f', total), FORMAT('%05d', id) FROM customers",
        "SELECT printf('%,d', total), printf('%s (%d%%)', name, pct), printf('%-20s|%10.2f', name, total) FROM t",
        "SELECT sqrt(x), power(x, 2), exp(1), ln(x), log(x), log10(x), log2(x), log(2, x), floor(x), ceil(x),"
        " trunc(x), mod(x, 3), pi(), sin(x), cos(x), tan(x), degrees(x), radians(x), x % 3 FROM t",
        "SELECT concat(a, b), concat_ws('-', a, b), octet_length(a), soundex(a) FROM t",
        "SELECT * FROM customers WHERE name LIKE '%김%' OR name GLOB 'K*' OR name LIKE '10\\%' ESCAPE '\\' OR"
        " email REGEXP '^[a-z]+@'",
        "SELECT * FROM customers WHERE name = 'kim' COLLATE NOCASE ORDER BY name COLLATE NOCASE DESC NULLS LAST",
        "SELECT * FROM orders WHERE (customer_id, status) IN (SELECT id, 'paid' FROM customers)",
        "SELECT * FROM orders WHERE total BETWEEN 1 AND 10 AND status NOT IN ('a', 'b') AND note IS NOT NULL"
        " AND id IS NOT 5 AND a == b AND c <> d AND NOT e",
        "WITH RECURSIVE d(day) AS (SELECT date('2024-01-01') UNION ALL SELECT date(day, '+1 day') FROM d WHERE"
        " day < '2024-12-31') SELECT d.day, COUNT(o.id) FROM d LEFT JOIN orders o ON date(o.ordered_at) = d.day"
        " GROUP BY 1",
        "WITH RECURSIVE m(mon) AS (SELECT date('now', 'start of month', '-11 months') UNION ALL SELECT"
        " date(mon, '+1 month') FROM m WHERE mon < date('now', 'start of month')) SELECT * FROM m",
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 24) SELECT i FROM n",
        "WITH RECURSIVE t AS (SELECT id, parent_id, name, 0 AS depth FROM cat WHERE parent_id IS NULL UNION ALL"
        " SELECT c.id, c.parent_id, c.name, t.depth + 1 FROM cat c JOIN t ON c.parent_id = t.id) SELECT * FROM"
        " t",
        "WITH RECURSIVE s(word, rest) AS (SELECT '', tags || ',' FROM t UNION ALL SELECT substr(rest, 1,"
        " instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1) FROM s WHERE rest <> '') SELECT word,"
        " COUNT(*) FROM s WHERE word <> '' GROUP BY word",
        "WITH f AS (SELECT user_id, MIN(date(created_at)) AS d0 FROM events GROUP BY user_id) SELECT d0,"
        " CAST(julianday(date(e.created_at)) - julianday(d0) AS INTEGER) AS n, COUNT(DISTINCT e.user_id) FROM"
        " events e JOIN f USING (user_id) GROUP BY d0, n",
        "WITH g AS (SELECT d, julianday(d) - ROW_NUMBER() OVER (ORDER BY d) AS grp FROM days) SELECT MIN(d),"
        " MAX(d), COUNT(*) FROM g GROUP BY grp",
        "SELECT * FROM a LEFT JOIN b ON a.id = b.id INNER JOIN c USING (id) NATURAL JOIN d CROSS JOIN e",
        "SELECT * FROM a RIGHT JOIN b ON a.id = b.id FULL OUTER JOIN c ON c.id = b.id",
        "SELECT id FROM a UNION SELECT id FROM b UNION ALL SELECT id FROM c INTERSECT SELECT id FROM d EXCEPT"
        " SELECT id FROM e ORDER BY 1 LIMIT 5",
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT column1, column2 FROM (VALUES (1, 'a'), (2, 'b'))",
        "SELECT * FROM (SELECT * FROM orders ORDER BY total DESC LIMIT 5) UNION ALL SELECT * FROM (SELECT *"
        " FROM orders ORDER BY total LIMIT 5)",
        "SELECT city, COUNT(*) AS n FROM customers GROUP BY city HAVING n > 5 ORDER BY n DESC LIMIT 10 OFFSET 5",
        "SELECT city, COUNT(*) * 100.0 / (SELECT COUNT(*) FROM customers) AS pct FROM customers GROUP BY city",
        "SELECT SUM(CASE WHEN status = 'paid' THEN total ELSE 0 END) / SUM(total) FROM orders",
        'SELECT "order", [group], `select` FROM "table"',
        "SELECT 고객명, SUM(금액) AS 합계 FROM 주문 WHERE 지역 = '서울' GROUP BY 고객명",
        'SELECT "고객 이름", [주문 금액] FROM "주문 내역"',
        "SELECT 'DELETE FROM x; --', '/* */', 'load_extension(1)', 'it''s; DROP TABLE y'",
        'SELECT * FROM orders WHERE note = "paid; DROP TABLE x"',
        "SELECT id -- trailing; DROP TABLE orders\nFROM orders",
        "SELECT rowid, _rowid_, oid FROM orders",
        "SELECT CAST(a AS INTEGER), CAST(a AS REAL), CAST(a AS TEXT), CAST(a AS NUMERIC), CAST(a AS BLOB),"
        " CAST(a AS VARCHAR(10)), CAST(a AS DECIMAL(10,2)) FROM t",
        "SELECT x'4142', 1e5, 0x1F, .5, TRUE, FALSE, NULL",
        "SELECT a IS NULL, a ISNULL, a NOTNULL, a IS b, a IS NOT b, a IS DISTINCT FROM b, a & 1, a | 2, ~a, a"
        " << 1, a >> 1, -a, +a, NOT a FROM t",
        "SELECT EXISTS (SELECT 1 FROM orders), NOT EXISTS (SELECT 1 FROM x), (SELECT MAX(id) FROM orders)",
        "SELECT random(), abs(random()) % 100 FROM t ORDER BY random() LIMIT 10",
        "SELECT likely(a = 1), unlikely(b), likelihood(c, 0.5) FROM t",
        "SELECT name, type, value, date, time, key, text, rank, status, comment, level, count, position, year,"
        " month FROM logs",
        "SELECT a.id, b.id FROM items a JOIN items b ON a.o = b.o AND a.p < b.p",
        "SELECT x, y FROM t WHERE x IN (1, 2, 3) AND y IN (SELECT z FROM u) GROUP BY 1, 2",
        "SELECT DISTINCT a, b FROM t",
        "SELECT ALL a FROM t",
        "SELECT t.*, u.a AS ua FROM t, u WHERE t.id = u.id",
        "SELECT max(total), name FROM orders",
        "SELECT main.orders.id FROM main.orders",
        "SELECT (1, 2) = (1, 2), (a, b) < (3, 4) FROM t",
        "SELECT substr(email, instr(email, '@') + 1) AS domain, COUNT(*) FROM customers GROUP BY domain",
        "SELECT nullif(trim(name), '') IS NULL AS blank, length(name) - length(replace(name, ' ', '')) FROM customers",
        "SELECT strftime('%Y', d) || '-Q' || ((CAST(strftime('%m', d) AS INTEGER) + 2) / 3) AS q, SUM(x) FROM t"
        " GROUP BY q",
        "SELECT SUM(x) AS s FROM t WHERE d BETWEEN date('now', '-1 year') AND date('now')",
        "SELECT CASE WHEN x > 10 THEN 'a' WHEN x > 5 THEN 'b' END AS band, COUNT(*) FROM t GROUP BY band",
        "SELECT SUM(x * 1.0) / COUNT(*), SUM(x*x) - SUM(x)*SUM(x)/COUNT(*), SQRT(AVG(x*x) - AVG(x)*AVG(x)) FROM t",
        "SELECT a FROM t WHERE a LIKE 'x%' AND a NOT LIKE '%y' AND b NOT GLOB '[0-9]*' LIMIT 3, 5",
        "SELECT * FROM orders ORDER BY CASE status WHEN 'new' THEN 0 ELSE 1 END, total DESC",
        "SELECT date('now','start of year','+1 month','-1 day'), datetime('now','localtime'),"
        " strftime('%s','now') FROM t",
        "SELECT group_concat(a, ';') FILTER (WHERE a > 1) FROM t",
        "SELECT a FROM t ORDER BY a DESC NULLS LAST",
        "SELECT a IS DISTINCT FROM b FROM t",
        "SELECT key, value, type FROM t, json_each(t.j)",
        "SELECT je.value ->> '$.x' FROM t, json_tree(t.j) AS je WHERE je.key = 'x'",
        "SELECT x, sum(y) OVER (PARTITION BY z ORDER BY x GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE"
        " TIES) FROM t",
        "SELECT CAST(a AS NUMERIC), CAST(b AS BLOB), CAST(c AS VARCHAR(20)), CAST(d AS FLOAT), CAST(e AS"
        " BIGINT), CAST(f AS DECIMAL(10,2)) FROM t",
        "SELECT * FROM a LEFT JOIN b USING (id) NATURAL JOIN c CROSS JOIN d",
        "SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > (SELECT avg(n) FROM (SELECT count(*) AS n FROM"
        " t GROUP BY a))",
        "SELECT CASE WHEN a LIKE '%x%' THEN 1 END, a BETWEEN 1 AND 2, a NOT BETWEEN 3 AND 4, a IN (SELECT 1) FROM t",
        "SELECT sqrt(a), pow(a, 2), ln(a), log10(a), log(a), exp(a), ceil(a), floor(a), trunc(a), mod(a, 2),"
        " pi() FROM t",
        "SELECT julianday(a) - julianday(b), unixepoch('now'), strftime('%Y-W%W', a) FROM t",
        "SELECT substr(a, -3), upper(substr(a, 1, 1)) || lower(substr(a, 2)), replace(trim(a), ' ', '_'),"
        " instr(a, '@'), ltrim(a, '0') FROM t",
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c WHERE x<10) SELECT x FROM c",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 10) SELECT x FROM c",
        "WITH RECURSIVE split(word, rest) AS (SELECT '', tags || ',' FROM t UNION ALL SELECT substr(rest, 0,"
        " instr(rest, ',')), substr(rest, instr(rest, ',')+1) FROM split WHERE rest <> '') SELECT word FROM"
        " split WHERE word <> ''",
        "WITH RECURSIVE dates(d) AS (SELECT date('2024-01-01') UNION ALL SELECT date(d, '+1 day') FROM dates"
        " WHERE d < date('2024-12-31')) SELECT d FROM dates",
        "SELECT a FROM t LIMIT 5, 10",
        "SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT SELECT c FROM v ORDER BY 1 LIMIT 3",
        "SELECT total(a), avg(DISTINCT a), min(a), max(a, b, c), coalesce(a, b), nullif(a, 0), iif(a, b, c) FROM t",
        "SELECT json_object('a', 1, 'b', json_array(1, 2)), json_set('{}', '$.a', 1), json_patch('{}', '{}') FROM t",
        "SELECT printf('%,d', a), printf('%05.2f%%', b), format('%s-%s', a, b), hex(a), char(65, 66),"
        " typeof(a), quote(a) FROM t",
        "SELECT first_value(a) OVER w, nth_value(a, 2) OVER w FROM t WINDOW w AS (ORDER BY b ROWS UNBOUNDED PRECEDING)",
        "SELECT (a, b) = (1, 2), a IS NOT NULL, NOT a, -a, a % 2, a << 1, a | b FROM t",
        "SELECT a REGEXP 'x' FROM t",
        "SELECT random() % 10, abs(random()) FROM t",
        "SELECT a ILIKE 'x' FROM t",
    ),
    "tsql": (
        "SELECT FORMAT(created_at, 'yyyy-MM') AS ym, COUNT(DISTINCT user_id) FROM events GROUP BY"
        " FORMAT(created_at, 'yyyy-MM')",
        "SELECT DATEFROMPARTS(YEAR(d), MONTH(d), 1) AS m, SUM(x) FROM t GROUP BY DATEFROMPARTS(YEAR(d), MONTH(d), 1)",
        "SELECT * FROM t WHERE d >= DATEADD(DAY, -30, CAST(GETDATE() AS date)) AND d < CAST(GETDATE() AS date)",
        "SELECT DATEDIFF(YEAR, birth_date, GETDATE()) - CASE WHEN DATEADD(YEAR, DATEDIFF(YEAR, birth_date,"
        " GETDATE()), birth_date) > GETDATE() THEN 1 ELSE 0 END AS age FROM customers",
        "SELECT DATEPART(WEEKDAY, d), DATEPART(ISO_WEEK, d), DATEPART(QUARTER, d), DATEPART(HOUR, d),"
        " DATENAME(MONTH, d), DATENAME(dw, d), DAY(d), MONTH(d), YEAR(d) FROM t",
        "SELECT EOMONTH(d), EOMONTH(d, 1), DATETRUNC(MONTH, d), DATE_BUCKET(WEEK, 1, d), DATEDIFF_BIG(SECOND,"
        " a, b), DATEADD(hh, 9, d), DATEADD(MINUTE, 30, d) FROM t",
        "SELECT GETDATE(), SYSDATETIME(), SYSUTCDATETIME(), GETUTCDATE(), CURRENT_TIMESTAMP, SYSDATETIMEOFFSET()",
        "SELECT d AT TIME ZONE 'UTC' AT TIME ZONE 'Korea Standard Time', SWITCHOFFSET(d, '+09:00'),"
        " TODATETIMEOFFSET(d, '+09:00') FROM t",
        "SELECT CONVERT(varchar(10), d, 120), CONVERT(char(8), d, 112), CONVERT(date, '20240131', 112),"
        " CONVERT(decimal(10,2), x), TRY_CONVERT(int, x), CAST(d AS datetime2(0)), CAST(x AS nvarchar(max)),"
        " TRY_CAST(x AS decimal(10,2)) FROM t",
        "SELECT FORMAT(x, 'N2'), FORMAT(x, 'C', 'ko-KR'), FORMAT(x, 'P1'), FORMAT(d, 'yyyy-MM-dd HH:mm'),"
        " STR(x, 10, 2), CAST(x AS money) FROM t",
        "SELECT TOP 10 customer_id, SUM(total) AS s FROM orders GROUP BY customer_id ORDER BY s DESC",
        "SELECT TOP (10) PERCENT * FROM orders ORDER BY total DESC",
        "SELECT TOP 5 WITH TIES * FROM orders ORDER BY total DESC",
        "SELECT * FROM orders ORDER BY id OFFSET 20 ROWS FETCH NEXT 10 ROWS ONLY",
        "SELECT ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY d DESC) rn, RANK() OVER (ORDER BY x),"
        " DENSE_RANK() OVER (ORDER BY x), NTILE(4) OVER (ORDER BY x), PERCENT_RANK() OVER (ORDER BY x),"
        " CUME_DIST() OVER (ORDER BY x) FROM t",
        "SELECT SUM(x) OVER (ORDER BY d ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), SUM(x) OVER (PARTITION BY g"
        " ORDER BY d ROWS UNBOUNDED PRECEDING), AVG(x) OVER (PARTITION BY g) FROM t",
        "SELECT LAG(x, 1, 0) OVER (ORDER BY d), LEAD(x) OVER (ORDER BY d), FIRST_VALUE(x) OVER (ORDER BY d),"
        " LAST_VALUE(x) OVER (ORDER BY d ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM t",
        "SELECT SUM(x) OVER w FROM t WINDOW w AS (PARTITION BY g ORDER BY d)",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY g) FROM t",
        "SELECT APPROX_PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) FROM t",
        "SELECT STRING_AGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM t",
        "SELECT STRING_AGG(CONVERT(nvarchar(max), name), N', ') FROM t",
        "SELECT STUFF((SELECT ', ' + name FROM t2 WHERE t2.id = t.id FOR XML PATH('')), 1, 2, '') FROM t",
        "SELECT value FROM STRING_SPLIT('a,b,c', ',')",
        "SELECT value, ordinal FROM STRING_SPLIT('a,b,c', ',', 1)",
        "SELECT t.id, s.value FROM t CROSS APPLY STRING_SPLIT(t.tags, ',') s",
        "SELECT c.name, x.total FROM customers c CROSS APPLY (SELECT TOP 3 total FROM orders o WHERE"
        " o.customer_id = c.id ORDER BY d DESC) x",
        "SELECT c.name, x.n FROM customers c OUTER APPLY (SELECT COUNT(*) AS n FROM orders o WHERE"
        " o.customer_id = c.id) x",
        "SELECT v.k, v.x FROM t CROSS APPLY (VALUES ('a', a), ('b', b)) v(k, x)",
        "SELECT * FROM (VALUES (1, N'가'), (2, N'나')) AS v(id, label)",
        "SELECT JSON_VALUE(data, '$.a.b'), JSON_QUERY(data, '$.items'), ISJSON(data) FROM docs",
        "SELECT j.* FROM docs CROSS APPLY OPENJSON(data, '$.items') WITH (sku nvarchar(20) '$.sku', qty int"
        " '$.qty', raw nvarchar(max) '$' AS JSON) j",
        "SELECT [key], value, type FROM OPENJSON(N'{\"a\":1}')",
        "SELECT id, name FROM t FOR JSON PATH, ROOT('rows')",
        "SELECT id FROM t FOR XML PATH('row'), ROOT('rows'), ELEMENTS",
        "SELECT JSON_OBJECT('a':1, 'b':x), JSON_ARRAY(1, 2, x) FROM t",
        "SELECT region, product, SUM(x) FROM t GROUP BY ROLLUP (region, product)",
        "SELECT region, product, SUM(x), GROUPING(region), GROUPING_ID(region, product) FROM t GROUP BY CUBE"
        " (region, product)",
        "SELECT region, SUM(x) FROM t GROUP BY GROUPING SETS ((region), ())",
        "SELECT region, SUM(x) FROM t GROUP BY region WITH ROLLUP",
        "SELECT * FROM (SELECT region, m, x FROM t) s PIVOT (SUM(x) FOR m IN ([1], [2], [3])) p",
        "SELECT id, k, v FROM t UNPIVOT (v FOR k IN (a, b, c)) u",
        "WITH d AS (SELECT CAST('2024-01-01' AS date) AS day UNION ALL SELECT DATEADD(DAY, 1, day) FROM d WHERE"
        " day < '2024-12-31') SELECT d.day, COUNT(o.id) FROM d LEFT JOIN orders o ON CAST(o.ordered_at AS date)"
        " = d.day GROUP BY d.day OPTION (MAXRECURSION 400)",
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n",
        "WITH org AS (SELECT id, manager_id, name, 0 AS lvl, CAST(name AS varchar(max)) AS path FROM emp WHERE"
        " manager_id IS NULL UNION ALL SELECT e.id, e.manager_id, e.name, o.lvl + 1, o.path + ' > ' + e.name"
        " FROM emp e INNER JOIN org o ON e.manager_id = o.id) SELECT * FROM org OPTION (MAXRECURSION 50)",
        "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a CROSS JOIN b",
        ";WITH a AS (SELECT 1 AS x) SELECT * FROM a",
        "WITH s AS (SELECT user_id, ts, CASE WHEN DATEDIFF(MINUTE, LAG(ts) OVER (PARTITION BY user_id ORDER BY"
        " ts), ts) > 30 THEN 1 ELSE 0 END AS new_s FROM ev) SELECT user_id, SUM(new_s) OVER (PARTITION BY"
        " user_id ORDER BY ts ROWS UNBOUNDED PRECEDING) FROM s",
        "WITH g AS (SELECT d, DATEADD(DAY, -ROW_NUMBER() OVER (ORDER BY d), d) AS grp FROM days) SELECT MIN(d),"
        " MAX(d), COUNT(*) FROM g GROUP BY grp",
        "SELECT CASE WHEN x IS NULL THEN 'n' WHEN x < 10 THEN 'l' ELSE 'h' END AS band, IIF(x > 1, 'a', 'b'),"
        " CHOOSE(2, 'a', 'b'), ISNULL(x, 0), COALESCE(a, b), NULLIF(a, ''), GREATEST(a, b), LEAST(a, b) FROM t",
        "SELECT LEN(n), LEFT(n, 2), RIGHT(n, 2), SUBSTRING(n, 1, 3), CHARINDEX('a', n), PATINDEX('%[0-9]%', n),"
        " REPLACE(n, 'a', 'b'), REVERSE(n), UPPER(n), LOWER(n), LTRIM(n), RTRIM(n), TRIM(n), TRIM('x' FROM n),"
        " CONCAT(a, b), CONCAT_WS('-', a, b), REPLICATE('0', 5), SPACE(2), TRANSLATE(n, 'abc', 'xyz'),"
        " ASCII('a'), CHAR(65), NCHAR(44032), UNICODE(N'가'), QUOTENAME(n), SOUNDEX(n), DIFFERENCE(n, 'kim'),"
        " STRING_ESCAPE(n, 'json') FROM t",
        "SELECT RIGHT('0000' + CAST(id AS varchar(4)), 4), REPLICATE('0', 8 - LEN(code)) + code FROM t",
        "SELECT ROUND(x, 2), CEILING(x), FLOOR(x), ABS(x), POWER(x, 2), SQRT(x), SQUARE(x), EXP(x), LOG(x),"
        " LOG10(x), LOG(x, 2), SIGN(x), PI(), SIN(x), COS(x), TAN(x), ATAN(x), ATN2(x, y), DEGREES(x),"
        " RADIANS(x), RAND(), x % 3 FROM t",
        "SELECT STDEV(x), STDEVP(x), VAR(x), VARP(x), COUNT_BIG(*), MIN(x), MAX(x), AVG(CAST(x AS float)),"
        " SUM(DISTINCT x), COUNT(DISTINCT x), APPROX_COUNT_DISTINCT(x), CHECKSUM_AGG(x) FROM t",
        "SELECT * FROM t WHERE n LIKE N'%김%' AND n NOT LIKE '[A-C]%' AND n LIKE '%50[%]%' AND m LIKE '%!%%'"
        " ESCAPE '!'",
        "SELECT * FROM t WHERE x > ALL (SELECT x FROM u) OR x = ANY (SELECT x FROM v) OR x < SOME (SELECT 1)",
        "SELECT a.id, b.id FROM a INNER JOIN b ON a.id = b.id LEFT OUTER JOIN c ON c.id = b.id RIGHT JOIN d ON"
        " d.id = c.id FULL JOIN e ON e.id = d.id CROSS JOIN f",
        "SELECT id FROM a UNION ALL SELECT id FROM b EXCEPT SELECT id FROM c INTERSECT SELECT id FROM d",
        "SELECT x.id FROM (SELECT id FROM orders) AS x ORDER BY x.id",
        "SELECT total = SUM(x), [합계 금액] = AVG(x) FROM t",
        "SELECT 고객명, SUM(금액) AS 합계 FROM 주문 WHERE 지역 = N'서울' GROUP BY 고객명",
        'SELECT [고객 이름], "주문 금액" FROM [dbo].[주문 내역]',
        "SELECT [select], [from], [user], [order] FROM [table]",
        "SELECT 'DELETE FROM x; --', N'EXEC xp_cmdshell', 'it''s; DROP TABLE y', '/* */'",
        "SELECT * FROM t WHERE note = 'SELECT 1 EXEC sp_who' -- just text",
        "SELECT id FROM sales.orders o JOIN hr.employees e ON e.id = o.emp_id",
        "SELECT id FROM [sales].[order details]",
        "SELECT NEWID(), CHECKSUM(a, b), HASHBYTES('SHA2_256', a), CAST(a AS varbinary(8)),"
        " CONVERT(varchar(64), HASHBYTES('MD5', a), 2) FROM t",
        "SELECT BINARY_CHECKSUM(*) FROM t",
        "SELECT n COLLATE Korean_Wansung_CI_AS FROM t ORDER BY n COLLATE Latin1_General_BIN2",
        "SELECT * FROM t TABLESAMPLE (10 PERCENT)",
        "SELECT * FROM t TABLESAMPLE SYSTEM (100 ROWS)",
        "SELECT * FROM posts WHERE CONTAINS(body, 'hello AND world')",
        "SELECT * FROM posts WHERE FREETEXT(body, N'안녕')",
        "SELECT * FROM posts WHERE CONTAINS((title, body), '\"a*\"')",
        "SELECT value FROM GENERATE_SERIES(1, 12)",
        "SELECT DATEADD(DAY, value, '2024-01-01') FROM GENERATE_SERIES(0, 364)",
        "SELECT name, type, value, date, status, level, count, position, year, rank, text, comment, month, day"
        " FROM logs",
        "SELECT SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) * 100.0 / NULLIF(COUNT(*), 0) AS pct FROM orders",
        "SELECT COUNT(*) OVER () AS total, * FROM t",
        "SELECT DISTINCT a, b FROM t ORDER BY a",
        "SELECT ALL a FROM t",
        "SELECT a FROM t WHERE a IS DISTINCT FROM b",
        "SELECT DATEDIFF(DAY, MIN(d), MAX(d)) + 1, MAX(x) - MIN(x) FROM t HAVING COUNT(*) > 1",
        "SELECT (SELECT MAX(x) FROM u WHERE u.id = t.id) AS mx FROM t",
        "SELECT CAST(SUM(x) AS decimal(18, 2)) / COUNT(*), CAST(x AS float), CAST(x AS bigint), CAST(x AS bit),"
        " CAST(x AS real), CAST(x AS uniqueidentifier), CAST(x AS time), CAST(x AS smalldatetime), CAST(x AS"
        " datetimeoffset), CAST(x AS numeric(10, 0)), CAST(x AS char(1)), CAST(x AS tinyint) FROM t",
        "SELECT SUBSTRING(email, CHARINDEX('@', email) + 1, LEN(email)) AS domain, COUNT(*) FROM c GROUP BY"
        " SUBSTRING(email, CHARINDEX('@', email) + 1, LEN(email))",
        "SELECT MAX(CASE WHEN rn = 1 THEN x END), MAX(CASE WHEN rn = 2 THEN x END) FROM (SELECT *, ROW_NUMBER()"
        " OVER (PARTITION BY g ORDER BY x) AS rn FROM t) s GROUP BY g",
        "SELECT FLOOR(x / 10) * 10 AS bucket, COUNT(*) FROM t GROUP BY FLOOR(x / 10) * 10",
        "SELECT id FROM t ORDER BY NEWID()",
        "SELECT CONVERT(varchar, GETDATE(), 23) AS today",
        "SELECT 'a' + 'b' AS c, N'x' + name, 1 + 1 FROM t",
        "SELECT TOP 1 id FROM t ORDER BY CASE WHEN status = 'new' THEN 0 ELSE 1 END, id DESC",
        "SELECT t.*, u.name AS uname FROM t AS t, u AS u WHERE t.uid = u.id",
        "SELECT x FROM t WHERE d = CAST('2024-01-01' AS date) AND ts >= '2024-01-01T00:00:00' AND ts <"
        " DATEADD(month, 1, '2024-01-01')",
        "SELECT LEFT(DATENAME(WEEKDAY, d), 3) AS wd, AVG(x * 1.0) FROM t GROUP BY LEFT(DATENAME(WEEKDAY, d), 3)",
        "SELECT DATEADD(WEEK, DATEDIFF(WEEK, 0, d), 0) AS wk, SUM(x) FROM t GROUP BY DATEADD(WEEK,"
        " DATEDIFF(WEEK, 0, d), 0)",
        "SELECT DATALENGTH(x), ISNULL(NULLIF(LTRIM(RTRIM(n)), ''), '-') FROM t",
        "SELECT TOP 10 WITH TIES a FROM t ORDER BY b DESC",
        "SELECT a, SUM(b) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM dbo.t",
        "SELECT CONVERT(date, GETDATE()), CONVERT(varchar(10), a, 112), CAST(a AS nvarchar(max)),"
        " TRY_CONVERT(int, b), PARSE('1' AS int), TRY_PARSE(a AS date) FROM t",
        "SELECT DATEADD(QUARTER, DATEDIFF(QUARTER, 0, a), 0), DATEPART(ISO_WEEK, a), DATENAME(WEEKDAY, a),"
        " EOMONTH(a, -1), DATEDIFF(MINUTE, a, b) FROM t",
        "SELECT * FROM t FOR JSON PATH",
        "SELECT * FROM t FOR JSON AUTO, INCLUDE_NULL_VALUES",
        "SELECT p.* FROM (SELECT a, b, c FROM t) s PIVOT (SUM(c) FOR b IN ([2023], [2024])) p",
        "SELECT * FROM [my table] AS [x y] WHERE [x y].[col 1] = 1",
        "SELECT SWITCHOFFSET(a, '+09:00'), SYSDATETIMEOFFSET(), SYSUTCDATETIME(), TODATETIMEOFFSET(a,"
        " '+00:00'), a AT TIME ZONE 'UTC' FROM t",
        "SELECT STRING_AGG(CAST(a AS varchar(max)), ',') WITHIN GROUP (ORDER BY b) FROM t GROUP BY c",
        "SELECT value FROM STRING_SPLIT('a,b', ',')",
        "SELECT j.[key], j.value FROM t CROSS APPLY OPENJSON(t.doc) j",
        "SELECT x.a FROM t OUTER APPLY OPENJSON(t.doc) WITH (a int '$.a', b nvarchar(max) '$.b' AS JSON) x",
        "SELECT IIF(a = 1, 'x', 'y'), CHOOSE(a, 'x', 'y'), ISNULL(a, 0), COALESCE(a, b), NULLIF(a, 0), LEN(a),"
        " DATALENGTH(a) FROM t",
        "SELECT FORMAT(a, 'C', 'ko-KR'), FORMAT(a, 'N0'), STR(a, 10, 2), REPLICATE('0', 5 - LEN(a)),"
        " RIGHT('00000' + a, 5) FROM t",
        "WITH d AS (SELECT CAST('2024-01-01' AS date) AS day UNION ALL SELECT DATEADD(day, 1, day) FROM d WHERE"
        " day < '2024-12-31') SELECT day FROM d OPTION (MAXRECURSION 366)",
        "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 10 ROWS ONLY",
        "SELECT DISTINCT TOP (5) a FROM t ORDER BY a",
        "SELECT COUNT_BIG(*), COUNT(DISTINCT a), APPROX_COUNT_DISTINCT(a), STDEV(a), VARP(a), CHECKSUM_AGG(a) FROM t",
        "SELECT a FROM t WHERE a LIKE '[A-C]%' AND b LIKE '%!_%' ESCAPE '!' AND c IS NOT NULL AND d NOT IN (1,2)",
        "SELECT CASE WHEN a > 1 THEN 'x' ELSE 'y' END AS label, a AS 'alias', b = a + 1 FROM t",
        "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a) OVER () FROM t",
        "SELECT a FROM t1 EXCEPT SELECT a FROM t2",
        "SELECT CUME_DIST() OVER (ORDER BY a), PERCENT_RANK() OVER (ORDER BY a), LAG(a, 1) OVER (ORDER BY b) FROM t",
        "SELECT DATEFROMPARTS(2024, 1, 1), DATETIME2FROMPARTS(2024,1,1,0,0,0,0,0), DATETRUNC(week, a),"
        " DATE_BUCKET(week, 1, a) FROM t",
        "SELECT JSON_VALUE(a, '$.x'), JSON_QUERY(a, '$.y'), ISJSON(a), JSON_PATH_EXISTS(a, '$.z') FROM t",
        "SELECT GREATEST(a, b), LEAST(a, b), LOG(a), LOG10(a), LOG(a, 2), EXP(a), SQUARE(a), CEILING(a),"
        " ROUND(a, 2, 1), PI(), RAND() FROM t",
        "SELECT CONCAT(a, ' ', b), CONCAT_WS(',', a, b), STUFF(a, 1, 2, 'x'), CHARINDEX('x', a),"
        " PATINDEX('%x%', a), QUOTENAME(a), TRANSLATE(a, 'x', 'y') FROM t",
        "SELECT t.a, u.b FROM t LEFT OUTER JOIN u ON u.id = t.id FULL JOIN v ON v.id = u.id",
        "SELECT a FROM t GROUP BY ALL a",
        "SELECT a, GROUPING_ID(a, b) FROM t GROUP BY CUBE(a, b)",
        "SELECT TOP 100 PERCENT a FROM t",
        "SELECT SUM(CASE WHEN a = 1 THEN 1 ELSE 0 END) * 1.0 / COUNT(*) FROM t",
        "SELECT a FROM t TABLESAMPLE (10 PERCENT)",
        "SELECT a COLLATE Latin1_General_CI_AS FROM t",
        "SELECT HASHBYTES('SHA2_256', a), NEWID(), CHECKSUM(a), SOUNDEX(a), DIFFERENCE(a, b) FROM t",
        "SELECT v.x FROM t CROSS APPLY (VALUES (t.a), (t.b)) v(x)",
        "SELECT GETDATE() - 1, DATEADD(yy, 1, a), DATEDIFF(dd, a, b), DATEPART(yyyy, a) FROM t",
        "SELECT [a]]b] FROM t",
    ),
    "oracle": (
        "SELECT TO_CHAR(created_at, 'YYYY-MM') AS ym, COUNT(DISTINCT user_id) FROM events GROUP BY"
        " TO_CHAR(created_at, 'YYYY-MM') ORDER BY ym",
        "SELECT TRUNC(created_at, 'MM') AS m, SUM(x) FROM t GROUP BY TRUNC(created_at, 'MM')",
        "SELECT TRUNC(created_at), TRUNC(created_at, 'IW'), TRUNC(SYSDATE, 'Q'), TRUNC(SYSDATE, 'YEAR'),"
        " ROUND(SYSDATE, 'MONTH') FROM t",
        "SELECT * FROM t WHERE created_at >= TRUNC(SYSDATE) - 30 AND created_at < TRUNC(SYSDATE)",
        "SELECT * FROM t WHERE created_at >= DATE '2024-01-01' AND created_at < TIMESTAMP '2024-02-01 00:00:00'",
        "SELECT ADD_MONTHS(SYSDATE, -1), LAST_DAY(SYSDATE), NEXT_DAY(SYSDATE, 'MONDAY'),"
        " MONTHS_BETWEEN(SYSDATE, d) FROM t",
        "SELECT FLOOR(MONTHS_BETWEEN(SYSDATE, birth_date) / 12) AS age FROM customers",
        "SELECT EXTRACT(YEAR FROM d), EXTRACT(MONTH FROM d), EXTRACT(HOUR FROM CAST(d AS TIMESTAMP)) FROM t",
        "SELECT SYSDATE, SYSTIMESTAMP, CURRENT_DATE, CURRENT_TIMESTAMP, LOCALTIMESTAMP FROM dual",
        "SELECT d + 1, d - 1/24, d + INTERVAL '1' DAY, d - INTERVAL '2' HOUR, d + NUMTODSINTERVAL(30,"
        " 'MINUTE'), d + NUMTOYMINTERVAL(1, 'MONTH') FROM t",
        "SELECT (ended - started) * 24 * 60 AS minutes, ended - started FROM s",
        "SELECT d AT TIME ZONE 'Asia/Seoul', FROM_TZ(CAST(d AS TIMESTAMP), 'UTC') AT TIME ZONE 'Asia/Seoul',"
        " SYS_EXTRACT_UTC(ts), TZ_OFFSET('Asia/Seoul') FROM t",
        "SELECT CAST(ts AT TIME ZONE 'UTC' AS DATE) FROM t",
        "SELECT TO_DATE('2024-01-31', 'YYYY-MM-DD'), TO_TIMESTAMP('2024-01-31 10:00:00', 'YYYY-MM-DD"
        " HH24:MI:SS'), TO_TIMESTAMP_TZ('x', 'y'), TO_NUMBER('1,234', '9,999'), TO_CHAR(1234.5,"
        " 'FM999G999D00'), TO_CHAR(SYSDATE, 'DAY', 'NLS_DATE_LANGUAGE=KOREAN') FROM dual",
        "SELECT NVL(a, 0), NVL2(a, 1, 2), COALESCE(a, b), NULLIF(a, b), DECODE(status, 'P', 'paid', 'N', 'new',"
        " 'other'), GREATEST(a, b), LEAST(a, b), LNNVL(a = 1) FROM t WHERE LNNVL(a > 1)",
        "SELECT CASE status WHEN 'P' THEN 1 ELSE 0 END, CASE WHEN x > 1 THEN 'a' END FROM t",
        "SELECT UPPER(n), LOWER(n), INITCAP(n), LENGTH(n), LENGTHB(n), SUBSTR(n, 1, 3), SUBSTR(n, -3), INSTR(n,"
        " 'a', 1, 2), REPLACE(n, 'a', 'b'), TRANSLATE(n, 'abc', 'xyz'), TRIM(n), LTRIM(n, '0'), RTRIM(n),"
        " TRIM(BOTH 'x' FROM n), LPAD(n, 10, '0'), RPAD(n, 10), CONCAT(a, b), a || ' ' || b, ASCII('a'),"
        " CHR(65), SOUNDEX(n) FROM t",
        "SELECT ROUND(x, 2), TRUNC(x, 2), CEIL(x), FLOOR(x), MOD(x, 3), POWER(x, 2), SQRT(x), EXP(1), LN(x),"
        " LOG(10, x), ABS(x), SIGN(x), REMAINDER(x, 3), BITAND(x, 4), WIDTH_BUCKET(x, 0, 100, 10) FROM t",
        "SELECT STDDEV(x), VARIANCE(x), STDDEV_SAMP(x), VAR_POP(x), CORR(x, y), COVAR_POP(x, y), REGR_SLOPE(x,"
        " y), MEDIAN(x), STATS_MODE(x), COUNT(DISTINCT x), APPROX_COUNT_DISTINCT(x) FROM t",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x), PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY x"
        " DESC) FROM t",
        "SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM t",
        "SELECT LISTAGG(name, ', ' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY name) FROM t",
        "SELECT LISTAGG(DISTINCT name, ', ') WITHIN GROUP (ORDER BY name) OVER (PARTITION BY g) FROM t",
        "SELECT MAX(x) KEEP (DENSE_RANK LAST ORDER BY d) FROM t GROUP BY g",
        "SELECT MIN(x) KEEP (DENSE_RANK FIRST ORDER BY d NULLS LAST) OVER (PARTITION BY g) FROM t",
        "SELECT ROW_NUMBER() OVER (PARTITION BY g ORDER BY d DESC) rn, RANK() OVER (ORDER BY x), DENSE_RANK()"
        " OVER (ORDER BY x), NTILE(4) OVER (ORDER BY x), PERCENT_RANK() OVER (ORDER BY x), CUME_DIST() OVER"
        " (ORDER BY x), RATIO_TO_REPORT(x) OVER () FROM t",
        "SELECT SUM(x) OVER (ORDER BY d ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), SUM(x) OVER (ORDER BY d"
        " RANGE BETWEEN INTERVAL '7' DAY PRECEDING AND CURRENT ROW), AVG(x) OVER (PARTITION BY g) FROM t",
        "SELECT LAG(x, 1, 0) OVER (ORDER BY d), LEAD(x) OVER (ORDER BY d), FIRST_VALUE(x) OVER (ORDER BY d),"
        " LAST_VALUE(x IGNORE NULLS) OVER (ORDER BY d), LAG(x) IGNORE NULLS OVER (ORDER BY d), NTH_VALUE(x, 2)"
        " OVER (ORDER BY d) FROM t",
        "SELECT region, product, SUM(x) FROM t GROUP BY ROLLUP (region, product)",
        "SELECT region, product, SUM(x), GROUPING(region), GROUPING_ID(region, product) FROM t GROUP BY CUBE"
        " (region, product)",
        "SELECT region, SUM(x) FROM t GROUP BY GROUPING SETS ((region), ())",
        "SELECT * FROM (SELECT region, m, x FROM t) PIVOT (SUM(x) FOR m IN (1 AS jan, 2 AS feb))",
        "SELECT * FROM (SELECT region, m, x FROM t) PIVOT (SUM(x) AS s, COUNT(*) AS c FOR m IN ('A' AS a, 'B' AS b))",
        "SELECT * FROM t UNPIVOT (v FOR k IN (a, b, c))",
        "SELECT LEVEL AS n FROM dual CONNECT BY LEVEL <= 12",
        "SELECT TRUNC(SYSDATE) - LEVEL + 1 AS d FROM dual CONNECT BY LEVEL <= 30",
        "SELECT ADD_MONTHS(DATE '2024-01-01', LEVEL - 1) AS m FROM dual CONNECT BY LEVEL <= MONTHS_BETWEEN(DATE"
        " '2024-12-01', DATE '2024-01-01') + 1",
        "SELECT DATE '2024-01-01' + LEVEL - 1 FROM dual CONNECT BY LEVEL <= DATE '2024-12-31' - DATE '2024-01-01' + 1",
        "SELECT LPAD(' ', 2 * (LEVEL - 1)) || name, SYS_CONNECT_BY_PATH(name, '/'), CONNECT_BY_ROOT name,"
        " CONNECT_BY_ISLEAF FROM emp START WITH manager_id IS NULL CONNECT BY PRIOR id = manager_id ORDER"
        " SIBLINGS BY name",
        "SELECT id FROM emp START WITH id = 1 CONNECT BY NOCYCLE PRIOR id = manager_id AND LEVEL <= 5",
        "SELECT REGEXP_SUBSTR('a,b,c', '[^,]+', 1, LEVEL) FROM dual CONNECT BY REGEXP_SUBSTR('a,b,c', '[^,]+',"
        " 1, LEVEL) IS NOT NULL",
        "SELECT REGEXP_SUBSTR(tags, '[^,]+', 1, LEVEL) FROM t CONNECT BY LEVEL <= REGEXP_COUNT(tags, ',') + 1"
        " AND PRIOR id = id",
        "WITH d (day) AS (SELECT DATE '2024-01-01' FROM dual UNION ALL SELECT day + 1 FROM d WHERE day < DATE"
        " '2024-12-31') SELECT day FROM d",
        "WITH n (i) AS (SELECT 1 FROM dual UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n",
        "WITH org (id, name, lvl) AS (SELECT id, name, 1 FROM emp WHERE manager_id IS NULL UNION ALL SELECT"
        " e.id, e.name, o.lvl + 1 FROM emp e JOIN org o ON e.manager_id = o.id) SELECT * FROM org",
        "WITH a AS (SELECT 1 AS x FROM dual), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a CROSS JOIN b",
        "WITH g AS (SELECT d, d - ROW_NUMBER() OVER (ORDER BY d) AS grp FROM days) SELECT MIN(d), MAX(d),"
        " COUNT(*) FROM g GROUP BY grp",
        "SELECT * FROM orders WHERE ROWNUM <= 10",
        "SELECT * FROM (SELECT o.*, ROWNUM AS rn FROM (SELECT * FROM orders ORDER BY total DESC) o WHERE ROWNUM"
        " <= 20) WHERE rn > 10",
        "SELECT * FROM orders ORDER BY total DESC FETCH FIRST 10 ROWS ONLY",
        "SELECT * FROM orders ORDER BY total DESC OFFSET 10 ROWS FETCH NEXT 10 ROWS ONLY",
        "SELECT * FROM orders ORDER BY total DESC FETCH FIRST 10 PERCENT ROWS ONLY",
        "SELECT * FROM orders ORDER BY total FETCH FIRST 5 ROWS WITH TIES",
        "SELECT * FROM a, b WHERE a.id = b.id(+)",
        "SELECT * FROM a LEFT OUTER JOIN b ON a.id = b.id RIGHT JOIN c USING (id) FULL OUTER JOIN d ON d.id ="
        " c.id NATURAL JOIN e CROSS JOIN f",
        "SELECT c.name, x.total FROM customers c CROSS APPLY (SELECT SUM(total) AS total FROM orders o WHERE"
        " o.customer_id = c.id) x",
        "SELECT c.name, x.total FROM customers c, LATERAL (SELECT MAX(total) AS total FROM orders o WHERE"
        " o.customer_id = c.id) x",
        "SELECT id FROM a UNION SELECT id FROM b UNION ALL SELECT id FROM c MINUS SELECT id FROM d INTERSECT"
        " SELECT id FROM e",
        "SELECT * FROM t WHERE REGEXP_LIKE(n, '^[a-z]+$', 'i') AND REGEXP_COUNT(n, 'a') > 1",
        "SELECT REGEXP_REPLACE(phone, '[^0-9]'), REGEXP_SUBSTR(email, '[^@]+$'), REGEXP_INSTR(n, 'a') FROM t",
        "SELECT * FROM t WHERE n LIKE '%김%' AND n NOT LIKE 'a\\_%' ESCAPE '\\' AND x BETWEEN 1 AND 2 AND y IN"
        " (1, 2) AND (a, b) IN (SELECT a, b FROM u) AND z IS NOT NULL AND a <> 1 AND b != 2 AND c ^= 3",
        "SELECT j.* FROM docs d, JSON_TABLE(d.data, '$.items[*]' COLUMNS (sku VARCHAR2(20) PATH '$.sku', qty"
        " NUMBER PATH '$.qty')) j",
        "SELECT JSON_OBJECT('a' VALUE 1, 'b' VALUE name), JSON_ARRAY(1, 2), JSON_ARRAYAGG(name),"
        " JSON_OBJECTAGG(KEY name VALUE id) FROM t",
        "SELECT * FROM docs WHERE data IS JSON",
        "SELECT 고객명, SUM(금액) AS 합계 FROM 주문 WHERE 지역 = '서울' GROUP BY 고객명",
        'SELECT "고객 이름", "주문 금액" AS "금액" FROM "주문 내역"',
        "SELECT 'DELETE FROM x; --', q'[it's; DROP TABLE y]', q'{a}', Q'!b!', N'한글', nq'[가]' FROM dual",
        "SELECT * FROM orders WHERE note = 'UTL_HTTP.REQUEST(''x'')' OR note = '@remote' OR note = '/*+ hint */'",
        "SELECT id /* comment */ FROM orders -- all; DROP TABLE x",
        "SELECT o.id, c.* FROM sales.orders o JOIN hr.employees c ON c.id = o.emp_id",
        "SELECT ROWID, id FROM orders",
        "SELECT CAST(x AS NUMBER(10, 2)), CAST(x AS VARCHAR2(20)), CAST(d AS DATE), CAST(d AS TIMESTAMP),"
        " CAST(x AS INTEGER), CAST(x AS FLOAT), CAST(x AS CHAR(3)), CAST(x AS NVARCHAR2(10)), CAST(x AS CLOB),"
        " CAST(x AS BINARY_DOUBLE), CAST(ts AS TIMESTAMP WITH TIME ZONE) FROM t",
        "SELECT STANDARD_HASH(email, 'SHA256'), ORA_HASH(email) FROM t",
        "SELECT DBMS_RANDOM.VALUE FROM dual",
        "SELECT * FROM t ORDER BY DBMS_RANDOM.VALUE",
        "SELECT DBMS_RANDOM.VALUE(1, 10) FROM dual",
        "SELECT * FROM orders SAMPLE (10)",
        "SELECT * FROM posts WHERE CONTAINS(body, 'hello') > 0 ORDER BY SCORE(1)",
        "SELECT DISTINCT a FROM t",
        "SELECT UNIQUE a FROM t",
        "SELECT a, COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 5 ORDER BY 2 DESC NULLS LAST",
        "SELECT (SELECT MAX(x) FROM u WHERE u.id = t.id) AS mx, EXISTS_COL FROM t",
        "SELECT SUM(CASE WHEN status = 'P' THEN total ELSE 0 END) / NULLIF(SUM(total), 0) * 100 AS pct FROM orders",
        "SELECT * FROM t WHERE x > ALL (SELECT x FROM u) OR x = ANY (1, 2) OR x < SOME (SELECT 1 FROM dual)",
        'SELECT name, type, value, status, level_no, "DATE", comment_text, year, month, day, count_no, position'
        " FROM logs",
        "SELECT a.id, b.id FROM items a JOIN items b ON a.o = b.o AND a.p < b.p",
        "SELECT 1 FROM dual UNION ALL SELECT 2 FROM dual",
        "SELECT TO_CHAR(d, 'YYYY') || '-Q' || TO_CHAR(d, 'Q') AS q, SUM(x) FROM t GROUP BY TO_CHAR(d, 'YYYY')"
        " || '-Q' || TO_CHAR(d, 'Q')",
        "SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '10:00' HOUR TO MINUTE FROM dual",
        "SELECT FIRST_VALUE(x) OVER (PARTITION BY g ORDER BY d ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED"
        " FOLLOWING) FROM t",
        "SELECT COUNT(*) OVER (), SUM(SUM(x)) OVER (ORDER BY TRUNC(d)) FROM t GROUP BY TRUNC(d)",
        "SELECT NANVL(x, 0), ASCIISTR('가'), UNISTR('\\AC00'), NLS_UPPER(n), NLSSORT(n, 'NLS_SORT=KOREAN_M'),"
        " COMPOSE(n), RAWTOHEX(r), HEXTORAW('41') FROM t ORDER BY NLSSORT(n, 'NLS_SORT=KOREAN_M')",
        "SELECT t.id FROM t t WHERE t.d = (SELECT MAX(u.d) FROM u WHERE u.id = t.id)",
        "SELECT USERS.NAME FROM USERS",
        "SELECT id FROM orders;",
        "SELECT GROUPING(a), GROUP_ID() FROM t GROUP BY ROLLUP (a)",
        "SELECT TRUNC(SYSDATE, 'Q'), TRUNC(d), ADD_MONTHS(SYSDATE, -1), LAST_DAY(SYSDATE), d + INTERVAL '1'"
        " YEAR, ROUND(d, 'MM') FROM t",
        "SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b) FROM t",
        "SELECT REGEXP_SUBSTR('a,b,c', '[^,]+', 1, LEVEL) FROM dual CONNECT BY LEVEL <= REGEXP_COUNT('a,b,c', ',') + 1",
        "SELECT DECODE(GROUPING(a), 1, 'Total', a), SUM(b) FROM t GROUP BY ROLLUP(a)",
        "SELECT CAST(a AS TIMESTAMP WITH TIME ZONE), SYSTIMESTAMP AT TIME ZONE 'UTC', CAST(a AS DATE),"
        " TO_CHAR(SYSDATE, 'D'), FROM_TZ(a, 'UTC') FROM t",
        "SELECT a FROM t WHERE d >= TRUNC(SYSDATE) - 7 AND d < TRUNC(SYSDATE)",
        "SELECT * FROM t WHERE (a, b) IN (SELECT x, y FROM u)",
        "SELECT a, RANK() OVER (PARTITION BY b ORDER BY c DESC NULLS LAST) FROM hr.t",
        "SELECT * FROM (SELECT a, b, c FROM t) PIVOT (SUM(c) AS s FOR b IN (1 AS one, 2 AS two)) p",
        "SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR k IN (a AS 'A', b AS 'B'))",
        "SELECT MIN(a) KEEP (DENSE_RANK FIRST ORDER BY b) FROM t",
        "SELECT t.a, u.b FROM t, u WHERE t.id = u.id(+) AND u.x(+) = 1",
        "WITH a AS (SELECT 1 AS n FROM dual), b AS (SELECT n FROM a) SELECT * FROM b",
        "WITH r (n) AS (SELECT 1 FROM dual UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT n FROM r",
        "SELECT LEVEL, LPAD(' ', 2 * (LEVEL - 1)) || name FROM emp START WITH mgr IS NULL CONNECT BY PRIOR id ="
        " mgr ORDER SIBLINGS BY name",
        "SELECT CONNECT_BY_ISLEAF, CONNECT_BY_ISCYCLE FROM emp CONNECT BY NOCYCLE PRIOR id = mgr",
        "SELECT JSON_VALUE(j, '$.a' RETURNING NUMBER), JSON_QUERY(j, '$.b'), j.a FROM t j WHERE JSON_EXISTS(j, '$.a')",
        "SELECT jt.* FROM t, JSON_TABLE(t.j, '$[*]' COLUMNS (a VARCHAR2(10) PATH '$.a', b NUMBER PATH '$.b')) jt",
        "SELECT q'[it's]', N'x', DATE '2024-01-01', TIMESTAMP '2024-01-01 10:00:00', INTERVAL '5' DAY FROM dual",
        "SELECT NVL(a, 0), NVL2(a, 1, 0), COALESCE(a, b), NULLIF(a, b), LNNVL(a = 1), NANVL(a, 0) FROM t WHERE"
        " LNNVL(a = 1)",
        "SELECT TO_CHAR(a, 'FM999G999D00'), TO_NUMBER('1', '9'), TO_DATE('1', 'DD'), TO_TIMESTAMP('x', 'y'),"
        " TO_DSINTERVAL('1 00:00:00') FROM t",
        "SELECT STATS_MODE(a), MEDIAN(a), CORR(a, b), REGR_SLOPE(a, b), VAR_POP(a), APPROX_COUNT_DISTINCT(a) FROM t",
        "SELECT NTH_VALUE(a, 2) FROM FIRST OVER (ORDER BY b) FROM t",
        "SELECT LAG(a, 1, 0) IGNORE NULLS OVER (ORDER BY b), LAST_VALUE(a IGNORE NULLS) OVER (ORDER BY b) FROM t",
        "SELECT a FROM t ORDER BY b FETCH FIRST 5 PERCENT ROWS WITH TIES",
        "SELECT a FROM t OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT COUNT(*) OVER () AS total, t.* FROM t",
        "SELECT MOD(a, 2), POWER(a, 2), TRUNC(a, 2), ROUND(a, -2), CEIL(a), BITAND(a, 1), REMAINDER(a, 3) FROM t",
        "SELECT EXTRACT(HOUR FROM ts), EXTRACT(DAY FROM (a - b)), (a - b) * 24 FROM t",
        "SELECT a FROM t1 MINUS SELECT a FROM t2 UNION ALL SELECT a FROM t3",
        "SELECT a FROM t SAMPLE (5)",
        "SELECT x.* FROM t CROSS APPLY (SELECT b FROM u WHERE u.id = t.id) x",
        "SELECT x.* FROM t OUTER APPLY (SELECT b FROM u WHERE u.id = t.id) x",
        "SELECT x.b FROM t, LATERAL (SELECT b FROM u WHERE u.id = t.id) x",
        "SELECT CASE WHEN a IS NULL THEN 'n' END, a || b || 'c' FROM t",
        "SELECT ROWNUM rn, t.* FROM (SELECT * FROM t ORDER BY a) t WHERE ROWNUM <= 10",
        "SELECT RATIO_TO_REPORT(a) OVER (PARTITION BY b), CUME_DIST() OVER (ORDER BY a), WIDTH_BUCKET(a, 0, 10,"
        " 5) FROM t",
        "SELECT COUNT(DISTINCT a), SUM(DISTINCT b), ANY_VALUE(c) FROM t GROUP BY CUBE(d, e)",
        "SELECT a FROM t WHERE a ILIKE 'x'",
    ),
}
