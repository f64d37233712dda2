-- Questions about campaigns, for psql and for dashboards that read a referd database on PostgreSQL.
-- The names of the tables are plurals: users, orders, deliveries. A time is a timestamptz, and an
-- id or a text that is missing is NULL. Read the tables only: referd owns every row.

-- Joins by week and source, and how many of these users have qualified so far.
SELECT date_trunc('week', joined_at, 'UTC')::date AS week,
       source,
       count(*) AS joins,
       count(qualified_at) AS qualified
FROM users
WHERE NOT test
GROUP BY week, source
ORDER BY week, joins DESC, source;

-- Referrers whose friends bought most, after refunds.
SELECT referrer.id,
       referrer.first_name,
       referrer.email,
       count(DISTINCT friend.id) AS buyers,
       round(sum(orders.amount_e4 - orders.refunded_e4) / 10000.0, 2) AS bought,
       orders.currency
FROM orders
JOIN users AS friend ON friend.id = orders.user_id
JOIN users AS referrer ON referrer.id = friend.referrer_id
WHERE orders.state = 'stands' AND orders.has_amount AND NOT friend.test
GROUP BY referrer.id, orders.currency
ORDER BY bought DESC, referrer.id
LIMIT 20;

-- Deliveries that failed for good, by webhook and cause.
SELECT webhooks.name AS webhook,
       coalesce(deliveries.last_failure, 'status ' || deliveries.last_status) AS cause,
       count(*) AS deliveries,
       max(deliveries.finished_at) AS newest
FROM deliveries
JOIN webhooks ON webhooks.id = deliveries.webhook_id
WHERE deliveries.status = 'exhausted'
GROUP BY webhook, cause
ORDER BY deliveries DESC, webhook, cause;
