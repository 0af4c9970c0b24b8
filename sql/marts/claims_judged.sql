-- A numeric claim of an article beside the figure that was known when it was published, and beside the one known now.
-- grain: article_id, char_start
-- vocabularies: measure: core.claims.measure; comparator: core.claims.comparator; unit: core.claims.unit; period_basis: core.claims.period_basis; verdict: supported, contradicted, cannot be checked; verdict_now: supported, contradicted, cannot be checked; basis: core.overdose_observations.basis; basis_now: core.overdose_observations.basis
-- warning: early_release figure: what was known at publication may have been provisional and is judged as such.
CREATE TABLE marts.claims_judged AS
WITH held AS (
    -- what could ever be checked, whenever it became known
    SELECT DISTINCT o.actor_id, o.drug, o.unit FROM core.overdose_observations AS o WHERE o.measure IN ('deaths_12m', 'deaths_year')
    UNION
    SELECT DISTINCT z.actor_id, z.drug, 'pounds' FROM core.drug_seizures AS z
),
asked_then AS (
    -- an article without a day is known since it was taken in, which may be years after it appeared
    SELECT c.*
    FROM core.claims AS c
    WHERE c.period_basis <> 'not_read' AND c.published_on IS NOT NULL
),
figures_then AS (
    SELECT
        f.*,
        c.period_basis = 'none' AND c.unit <> 'listings' AND c.published_on - f.figure_to > 731 AS is_too_old
    FROM claim_figures('asked_then') AS f
    JOIN core.claims AS c ON c.article_id = f.article_id AND c.char_start = f.char_start
),
asked_now AS (
    -- the same period, with what is known of it now; where none was known then, the last year that had ended
    SELECT
        c.* REPLACE (
        end_of_time() AS known_from,
        CASE
            WHEN c.period_basis = 'stated' OR c.unit = 'listings' THEN c.period_from
            WHEN f.figure IS NOT NULL AND NOT f.is_too_old THEN f.figure_from
            WHEN c.unit = 'pounds' THEN make_date(year(c.published_on) - CASE WHEN month(c.published_on) >= 10 THEN 1 ELSE 2 END, 10, 1)
            ELSE make_date(year(c.published_on) - 1, 1, 1)
        END AS period_from,
        CASE
            WHEN c.period_basis = 'stated' OR c.unit = 'listings' THEN c.period_to
            WHEN f.figure IS NOT NULL AND NOT f.is_too_old THEN f.figure_to
            WHEN c.unit = 'pounds' THEN make_date(year(c.published_on) - CASE WHEN month(c.published_on) >= 10 THEN 0 ELSE 1 END, 9, 30)
            ELSE make_date(year(c.published_on) - 1, 12, 31)
        END AS period_to
        )
    FROM core.claims AS c
    LEFT JOIN figures_then AS f ON f.article_id = c.article_id AND f.char_start = c.char_start
    WHERE c.period_basis = 'stated' OR (c.period_basis = 'none' AND c.published_on IS NOT NULL)
),
figures_now AS (
    SELECT * FROM claim_figures('asked_now')
),
beside AS (
    SELECT
        c.*,
        f.figure, f.figure_from, f.figure_to, f.source, f.basis, f.known_from AS figure_known_from, f.vintage_date,
        f.n_lists, f.n_lists_covered, f.is_too_old,
        n.figure AS figure_now, n.figure_from AS figure_now_from, n.figure_to AS figure_now_to, n.source AS source_now,
        n.basis AS basis_now, n.vintage_date AS vintage_date_now, n.n_lists AS n_lists_now, n.n_lists_covered AS n_lists_covered_now,
        claim_admits(c.comparator, c.low, c.high, f.figure) AS is_admitted,
        claim_admits(c.comparator, c.low, c.high, n.figure) AS is_admitted_now,
        CASE
            WHEN c.unit = 'listings' AND c.source_id IS NULL THEN 'the text does not say who listed'
            WHEN c.unit = 'listings' AND coalesce(n.n_lists, 0) = 0 AND c.list_id IS NOT NULL THEN 'not held: the list ' || c.list_id
            WHEN c.unit = 'listings' AND n.n_lists = 0 THEN 'not held: no list of ' || c.source_id
            WHEN c.unit <> 'listings' AND c.actor_id IS NULL THEN 'the text names no place'
            WHEN c.unit = 'pounds' AND coalesce(c.source_body_id, 'USA.CBP') <> 'USA.CBP' AND c.actor_id = 'USA'
                THEN 'not held: what ' || c.source_body_id || ' seized'
            WHEN c.unit <> 'listings' AND h.actor_id IS NULL
                THEN 'not held: ' || CASE WHEN c.unit = 'pounds' THEN 'drugs seized by ' ELSE 'overdose deaths in ' END || c.actor_id || ' (' || c.drug || ')'
            WHEN c.period_basis = 'not_read' THEN 'the period that the text states is not understood, or is no year'
        END AS obstacle
    FROM core.claims AS c
    LEFT JOIN figures_then AS f ON f.article_id = c.article_id AND f.char_start = c.char_start
    LEFT JOIN figures_now AS n ON n.article_id = c.article_id AND n.char_start = c.char_start
    LEFT JOIN held AS h
        ON h.actor_id = c.actor_id AND h.drug = c.drug AND h.unit = CASE WHEN c.unit = 'pounds' THEN 'pounds' ELSE 'deaths' END
),
judged AS (
    SELECT
        b.*,
        CASE
            WHEN b.obstacle IS NOT NULL THEN b.obstacle
            WHEN b.published_on IS NULL THEN 'the day of publication is not known'
            WHEN b.unit = 'listings' AND b.is_admitted THEN NULL
            WHEN b.unit = 'listings' AND b.n_lists_covered < b.n_lists AND (b.figure IS NULL OR b.figure < b.low)
                THEN 'not covered: ' || b.n_lists_covered || ' of ' || b.n_lists || ' lists of ' || b.source_id || ' showed all of these days'
            WHEN b.unit = 'listings' AND b.measure <> 'listings_in_force' AND b.figure > b.high
                THEN 'more parties were listed or taken off on these days, of whom the claim may mean some'
            WHEN b.figure IS NULL AND b.period_basis = 'none' THEN 'no figure was known then'
            WHEN b.figure IS NULL THEN 'no figure of that period was known then'
            WHEN b.is_too_old
                THEN 'too old: the newest period of which a figure was known then had ended ' || (b.published_on - b.figure_to) || ' days before'
        END AS hindrance,
        CASE
            WHEN b.obstacle IS NOT NULL THEN b.obstacle
            WHEN b.published_on IS NULL AND b.period_basis = 'none' THEN 'the day of publication is not known'
            WHEN b.unit = 'listings' AND b.is_admitted_now THEN NULL
            WHEN b.unit = 'listings' AND b.n_lists_covered_now < b.n_lists_now AND (b.figure_now IS NULL OR b.figure_now < b.low)
                THEN 'not covered: ' || b.n_lists_covered_now || ' of ' || b.n_lists_now || ' lists of ' || b.source_id || ' show all of these days'
            WHEN b.unit = 'listings' AND b.measure <> 'listings_in_force' AND b.figure_now > b.high
                THEN 'more parties were listed or taken off on these days, of whom the claim may mean some'
            WHEN b.figure_now IS NULL THEN 'no figure of that period is held'
        END AS hindrance_now
    FROM beside AS b
)
SELECT
    j.article_id,
    j.char_start,
    j.published_on,
    j.known_from,
    j.surface,
    j.measure,
    j.drug,
    j.comparator,
    j.number,
    j.low,
    j.high,
    j.unit,
    j.actor_id,
    j.source_id,
    j.target_id,
    j.list_id,
    j.period_basis,
    CASE
        WHEN j.period_basis = 'stated' THEN 'stated in the text'
        WHEN j.period_basis = 'not_read' THEN NULL
        WHEN j.unit = 'listings' THEN 'none stated: newest day with a change in the week to publication'
        WHEN j.unit = 'pounds' THEN 'none stated: newest fiscal year known at publication'
        ELSE 'none stated: newest twelve months known at publication'
    END AS period_rule,
    CASE WHEN j.hindrance IS NOT NULL THEN 'cannot be checked' WHEN j.is_admitted THEN 'supported' ELSE 'contradicted' END AS verdict,
    j.hindrance AS reason,
    j.figure,
    CASE WHEN j.figure IS NOT NULL THEN j.figure_from END AS figure_from,
    CASE WHEN j.figure IS NOT NULL THEN j.figure_to END AS figure_to,
    CASE WHEN j.figure IS NOT NULL THEN j.source END AS source,
    j.basis,
    j.figure_known_from,
    j.vintage_date,
    CASE WHEN j.figure IS NOT NULL THEN j.published_on - j.vintage_date END AS vintage_age_days,
    CASE WHEN j.hindrance_now IS NOT NULL THEN 'cannot be checked' WHEN j.is_admitted_now THEN 'supported' ELSE 'contradicted' END AS verdict_now,
    j.hindrance_now AS reason_now,
    j.figure_now,
    CASE WHEN j.figure_now IS NOT NULL THEN j.figure_now_from END AS figure_now_from,
    CASE WHEN j.figure_now IS NOT NULL THEN j.figure_now_to END AS figure_now_to,
    CASE WHEN j.figure_now IS NOT NULL THEN j.source_now END AS source_now,
    j.basis_now,
    j.vintage_date_now,
    j.evidence
FROM judged AS j
ORDER BY j.measure, j.known_from, j.article_id, j.char_start;
COMMENT ON TABLE marts.claims_judged IS 'Claims of core.claims, each judged twice: by what was known when its article appeared (verdict), and by what is known now of the same period (verdict_now). supported: the figure lies within what the claim admits; contradicted: it does not; cannot be checked: the reason says why. No figure that became known after the article is read for verdict. A claim on listings is supported where as many were listed on the days in question, contradicted where fewer were and all lists cover these days. May be empty.';
COMMENT ON COLUMN marts.claims_judged.article_id IS 'The article, in core.articles.';
COMMENT ON COLUMN marts.claims_judged.char_start IS 'First character of the number, as in core.claims.';
COMMENT ON COLUMN marts.claims_judged.published_on IS 'Day of publication, UTC; NULL where unknown.';
COMMENT ON COLUMN marts.claims_judged.known_from IS 'When the article was first known, UTC: the moment by which verdict judges.';
COMMENT ON COLUMN marts.claims_judged.surface IS 'The number as written.';
COMMENT ON COLUMN marts.claims_judged.measure IS 'What is counted, as in core.claims.';
COMMENT ON COLUMN marts.claims_judged.drug IS 'The drug or class, as in core.claims; NULL of listings.';
COMMENT ON COLUMN marts.claims_judged.comparator IS 'How the number is limited.';
COMMENT ON COLUMN marts.claims_judged.number IS 'The number claimed, in the unit.';
COMMENT ON COLUMN marts.claims_judged.low IS 'The least value that the claim admits, in the unit; NULL: no bound.';
COMMENT ON COLUMN marts.claims_judged.high IS 'The greatest value that it admits, in the unit; NULL: no bound.';
COMMENT ON COLUMN marts.claims_judged.unit IS 'deaths, share (0 to 1), pounds, or listings.';
COMMENT ON COLUMN marts.claims_judged.actor_id IS 'The place whose deaths are counted, or the state that seized; NULL of listings, and where the text names none.';
COMMENT ON COLUMN marts.claims_judged.source_id IS 'Of listings who listed.';
COMMENT ON COLUMN marts.claims_judged.target_id IS 'Of listings the state of the parties; NULL: whoever they are.';
COMMENT ON COLUMN marts.claims_judged.list_id IS 'Of listings the list; NULL: all lists of the source that repeat no other.';
COMMENT ON COLUMN marts.claims_judged.period_basis IS 'Whether the text states the period, as in core.claims.';
COMMENT ON COLUMN marts.claims_judged.period_rule IS 'Which period is judged, in words; NULL where the one stated is not understood.';
COMMENT ON COLUMN marts.claims_judged.verdict IS 'supported, contradicted or cannot be checked, by what was known at known_from.';
COMMENT ON COLUMN marts.claims_judged.reason IS 'Why it cannot be checked; NULL where it is judged.';
COMMENT ON COLUMN marts.claims_judged.figure IS 'The figure known then, in the unit of the claim; NULL where none was. Of listings the parties that the lists show, which is a lower bound where not all cover the days.';
COMMENT ON COLUMN marts.claims_judged.figure_from IS 'First day of the period of the figure.';
COMMENT ON COLUMN marts.claims_judged.figure_to IS 'Last day of it.';
COMMENT ON COLUMN marts.claims_judged.source IS 'Source of the figure; of listings the lists that were searched.';
COMMENT ON COLUMN marts.claims_judged.basis IS 'final, predicted or reported, in this order of preference; NULL of other measures than deaths.';
COMMENT ON COLUMN marts.claims_judged.figure_known_from IS 'Since when the figure was known, UTC: never after known_from.';
COMMENT ON COLUMN marts.claims_judged.vintage_date IS 'Day of the vintage of the figure.';
COMMENT ON COLUMN marts.claims_judged.vintage_age_days IS 'Days from that vintage to the publication.';
COMMENT ON COLUMN marts.claims_judged.verdict_now IS 'The same by what is known now. Where the text states no period, of that period which was judged then, else of the last calendar year (of seizures the last fiscal year) that had ended.';
COMMENT ON COLUMN marts.claims_judged.reason_now IS 'Why it cannot be checked now; NULL where it is judged.';
COMMENT ON COLUMN marts.claims_judged.figure_now IS 'The figure known now, in the unit of the claim.';
COMMENT ON COLUMN marts.claims_judged.figure_now_from IS 'First day of its period.';
COMMENT ON COLUMN marts.claims_judged.figure_now_to IS 'Last day of it.';
COMMENT ON COLUMN marts.claims_judged.source_now IS 'Its source.';
COMMENT ON COLUMN marts.claims_judged.basis_now IS 'final, predicted or reported.';
COMMENT ON COLUMN marts.claims_judged.vintage_date_now IS 'Day of its vintage.';
COMMENT ON COLUMN marts.claims_judged.evidence IS 'The sentence that claims it.';
