-- critical: An act counts by the day of its announcement, else by the first of its other days, but none long before it was printed.
-- table: core.official_acts
SELECT *
FROM core.official_acts
WHERE date IS DISTINCT FROM coalesce(
        date_announced,
        least(
            date_signed,
            date_published,
            CASE WHEN date_in_force < least(date_signed, date_published) - 31 THEN NULL ELSE date_in_force END
        )
    );
