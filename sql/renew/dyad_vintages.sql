-- The edition of the lists in all rows of days and months of dyads of the sources of which it is another, as the macros dyad_days and
-- dyad_periods have it. vintages: the sources, each with the day of its newest edition.
UPDATE marts.dyad_day
SET lists_vintage_date = v.vintage_date, lists_vintage_age_days = greatest(dyad_day.date - v.vintage_date, 0)
FROM vintages AS v
WHERE v.source_id = dyad_day.source_id;
UPDATE marts.dyad_month
SET lists_vintage_date = s.lists_vintage_date, lists_vintage_age_days = s.lists_vintage_age_days
FROM (
    SELECT
        d.source_id,
        d.target_id,
        last_day(d.date) AS period_end,
        max(d.lists_vintage_date) AS lists_vintage_date,
        max(d.lists_vintage_age_days) AS lists_vintage_age_days
    FROM marts.dyad_day AS d
    WHERE d.source_id IN (SELECT v.source_id FROM vintages AS v)
    GROUP BY ALL
) AS s
WHERE s.source_id = dyad_month.source_id AND s.target_id = dyad_month.target_id AND s.period_end = dyad_month.period_end;
