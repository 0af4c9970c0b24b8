-- How one figure was revised from the first vintage here to the newest.
-- grain: source, actor_id, measure, drug, basis, counts_by, period_end
-- vocabularies: measure: core.overdose_observations.measure; basis: core.overdose_observations.basis; counts_by: core.overdose_observations.counts_by; missing_reason: core.overdose_observations.missing_reason
-- warning: aggregation_hazard: values of consecutive months and of drug classes overlap; never add them up.
CREATE VIEW marts.revision_analysis AS
WITH versions AS (
    SELECT
        source, actor_id, measure, drug, basis, counts_by, period_end, known_from, value,
        last_value(value) OVER (
            PARTITION BY source, actor_id, measure, drug, basis, counts_by, period_end
            ORDER BY known_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS latest_value
    FROM core.overdose_observations
    WHERE value IS NOT NULL
),
ends AS (
    SELECT
        source, actor_id, measure, drug, basis, counts_by, period_end,
        count(*) - 1 AS n_revisions,
        arg_min(value, known_from) AS first_value,
        min(known_from) AS first_known_from,
        any_value(latest_value) AS latest_value,
        max(known_from) AS latest_known_from,
        min(value) AS least_value,
        max(value) AS greatest_value,
        max(known_from) FILTER (abs(value - latest_value) > 0.01 * latest_value) AS last_off_at,
        list(known_from ORDER BY known_from) AS moments
    FROM versions
    GROUP BY ALL
),
withdrawn AS (
    SELECT source, actor_id, measure, drug, basis, counts_by, period_end, missing_reason
    FROM core.overdose_observations
    WHERE value IS NULL AND known_to IS NULL
)
SELECT
    e.source,
    e.actor_id,
    e.measure,
    e.drug,
    e.basis,
    e.counts_by,
    e.period_end,
    e.first_value,
    e.first_known_from,
    e.latest_value,
    e.latest_known_from,
    w.missing_reason,
    CAST(e.n_revisions AS INTEGER) AS n_revisions,
    e.latest_value - e.first_value AS revision,
    CASE WHEN e.first_value > 0 THEN e.latest_value / e.first_value - 1 END AS revision_share,
    CASE WHEN e.latest_value > 0 THEN (e.greatest_value - e.least_value) / e.latest_value END AS spread_share,
    date_diff('day', e.period_end, CAST(e.first_known_from AS DATE)) AS publication_lag_days,
    -- the first version after the last one that lay further off
    date_diff(
        'day',
        CAST(e.first_known_from AS DATE),
        CAST(list_min(list_filter(e.moments, lambda moment: e.last_off_at IS NULL OR moment > e.last_off_at)) AS DATE)
    ) AS days_to_settle
FROM ends AS e
LEFT JOIN withdrawn AS w
    ON w.source = e.source AND w.actor_id = e.actor_id AND w.measure = e.measure AND w.drug = e.drug AND w.basis = e.basis
    AND w.counts_by = e.counts_by AND w.period_end = e.period_end;
COMMENT ON VIEW marts.revision_analysis IS 'First release, newest value, size and age of revisions of every overdose figure. The first vintage here need not be the first published: publication_lag_days and n_revisions are bounds where vintages are missing.';
COMMENT ON COLUMN marts.revision_analysis.source IS 'Source id.';
COMMENT ON COLUMN marts.revision_analysis.actor_id IS 'The jurisdiction; USA the nation.';
COMMENT ON COLUMN marts.revision_analysis.measure IS 'What is counted, as in core.overdose_observations.';
COMMENT ON COLUMN marts.revision_analysis.drug IS 'all, or the ICD-10 codes of the class.';
COMMENT ON COLUMN marts.revision_analysis.basis IS 'reported, predicted or final.';
COMMENT ON COLUMN marts.revision_analysis.counts_by IS 'occurrence or residence.';
COMMENT ON COLUMN marts.revision_analysis.period_end IS 'Last day of the period.';
COMMENT ON COLUMN marts.revision_analysis.first_value IS 'Value of the first version here that has one.';
COMMENT ON COLUMN marts.revision_analysis.first_known_from IS 'Since when it was known, UTC.';
COMMENT ON COLUMN marts.revision_analysis.latest_value IS 'Newest value; of a figure withdrawn since, the last one shown.';
COMMENT ON COLUMN marts.revision_analysis.latest_known_from IS 'Since when it was known, UTC.';
COMMENT ON COLUMN marts.revision_analysis.missing_reason IS 'Why the figure is not shown now (withdrawn, suppressed, ...); NULL where it is.';
COMMENT ON COLUMN marts.revision_analysis.n_revisions IS 'Changes of the value between versions here.';
COMMENT ON COLUMN marts.revision_analysis.revision IS 'latest_value less first_value, in the unit of the measure.';
COMMENT ON COLUMN marts.revision_analysis.revision_share IS 'revision / first_value; NULL where that is 0.';
COMMENT ON COLUMN marts.revision_analysis.spread_share IS '(Greatest less least value) / latest_value.';
COMMENT ON COLUMN marts.revision_analysis.publication_lag_days IS 'Days from period_end to the first version here.';
COMMENT ON COLUMN marts.revision_analysis.days_to_settle IS 'Days from the first version here to the one from which on all lie within 1 % of the newest.';
