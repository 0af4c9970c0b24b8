-- critical: Of each list and target state the number listed is the one before, plus those added, less those removed, wherever the list covers both days.
-- table: marts.list_changes
-- scope: build
WITH stands AS (
    SELECT
        list_id,
        target_id,
        date,
        n_listed,
        n_added,
        n_removed,
        is_covered,
        lag(n_listed) OVER days_before AS n_before,
        lag(is_covered) OVER days_before AS was_covered
    FROM marts.list_changes
    WINDOW days_before AS (PARTITION BY list_id, target_id ORDER BY date)
)
SELECT list_id, target_id, date, n_before, n_added, n_removed, n_listed
FROM stands
WHERE is_covered AND was_covered AND n_listed <> n_before + n_added - n_removed;
