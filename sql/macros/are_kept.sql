-- Whether single events between two actors are kept; an error that says where to look instead where GDELT's are counted by day alone.
-- a, b: actor ids; both NULL: any two. Result: BOOLEAN, always true.
-- Example: SELECT are_kept('USA', 'CHN');
CREATE OR REPLACE MACRO are_kept(a, b) AS (
    SELECT
        CASE
            WHEN count(*) = 0 THEN true
            ELSE CAST(
                error(
                    'single events' || coalesce(' between ' || a || ' and ' || b, ' of all pairs')
                    || ' are not kept, GDELT''s days alone are: ask dyad_days_as_known or dyad_panel_as_known, or name the pair in'
                    || ' BILATERAL_SINGLE_EVENTS and refresh. What other sources coded is in core.events'
                ) AS BOOLEAN
            )
        END
    FROM (
        -- sorted by the states, which stand in these columns where they are known: where each branch asks a column for one value,
        -- the rest is not read
        SELECT 1 FROM core.event_days AS d WHERE d.source_id = a AND d.target_id = b
        UNION ALL
        SELECT 1 FROM core.event_days AS d WHERE d.source_id = b AND d.target_id = a
        UNION ALL
        SELECT 1 FROM core.event_days AS d WHERE a IS NULL AND b IS NULL
    )
);
COMMENT ON MACRO are_kept IS 'Whether single events between two actors are kept; an error that says where to look instead where GDELT''s are counted by day alone.';
