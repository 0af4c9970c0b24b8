-- critical: Every claim is judged once; one that is supported or contradicted has its figure inside or outside its bounds; one that cannot be checked has a reason.
-- table: marts.claims_judged
-- scope: build
WITH verdicts AS (
    SELECT v.*
    FROM marts.claims_judged AS j,
        LATERAL (
            VALUES
                (j.article_id, j.char_start, j.comparator, j.low, j.high, j.verdict, j.reason, j.figure),
                (j.article_id, j.char_start, j.comparator, j.low, j.high, j.verdict_now, j.reason_now, j.figure_now)
        ) AS v (article_id, char_start, comparator, low, high, verdict, reason, figure)
)
SELECT v.article_id, v.char_start, v.verdict || ' with ' || coalesce(v.figure::VARCHAR, 'no figure') AS problem
FROM verdicts AS v
WHERE (v.verdict = 'cannot be checked') <> (v.reason IS NOT NULL)
    OR (v.verdict <> 'cannot be checked' AND v.figure IS NULL)
    OR (
        v.verdict <> 'cannot be checked'
        AND (v.verdict = 'supported') <> NOT (
            v.figure < v.low OR v.figure > v.high
            OR (v.comparator IN ('more_than', 'less_than') AND (v.figure IS NOT DISTINCT FROM v.low OR v.figure IS NOT DISTINCT FROM v.high))
        )
    )
UNION ALL
SELECT c.article_id, c.char_start, 'not judged'
FROM core.claims AS c
ANTI JOIN marts.claims_judged AS j ON j.article_id = c.article_id AND j.char_start = c.char_start;
