-- critical: An act that no news reports has no report, and the days that say so are days of news.
-- table: marts.acts_without_news
-- scope: build
SELECT *
FROM marts.acts_without_news AS w
WHERE EXISTS (FROM marts.act_reports AS r WHERE r.act_id = w.act_id) OR (w.basis = 'events of the pair' AND w.n_days_told < 3);
