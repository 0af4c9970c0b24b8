-- How long did it take until a designation or removal could be known?
-- How to read it: whole days from the day of the act to the day it was first known (UTC), by list and kind of act. Where dates
-- come from comparing snapshots the act is dated by the snapshot itself, so that 0 or 1 says little; where a publication
-- states them, a negative number is an act announced before it took effect.
SELECT
    e.list_id,
    e.kind,
    count(*) AS n_acts,
    min(CAST(e.known_at AS DATE) - e.event_date) AS least_days,
    median(CAST(e.known_at AS DATE) - e.event_date) AS median_days,
    max(CAST(e.known_at AS DATE) - e.event_date) AS most_days
FROM core.sanction_events AS e
WHERE e.kind IN ('added', 'removed', 'reissued')
GROUP BY ALL
ORDER BY e.list_id, e.kind;
