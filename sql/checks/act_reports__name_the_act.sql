-- critical: An event reports one act, in its own direction, and of one that it names: a word for a sort of measure alone is no match.
-- table: marts.act_reports
-- scope: build
SELECT r.*
FROM marts.act_reports AS r
WHERE r.named_by NOT IN ('party', 'topic', 'list', 'program', 'only')
    OR r.score NOT BETWEEN 0.6 AND 1
    OR abs(r.lag_days) > 7
    OR NOT EXISTS (
        FROM marts.official_act_dyads AS d
        WHERE d.act_id = r.act_id AND d.source_id = r.source_id AND d.target_id = r.target_id
    )
    OR EXISTS (FROM marts.act_reports AS o WHERE o.event_id = r.event_id AND o.act_id <> r.act_id);
