-- The figures that claims speak of, each as known at a moment.
-- claims: name of a table (also of a WITH) with the columns of core.claims; what was known at its known_from is read, of the period from
-- period_from to period_to (NULL: none stated).
-- Method: of several figures of a period the final one, else the predicted, else the reported, each in the version that stood. Without a
-- period: of deaths the newest twelve months known, of seizures the newest fiscal year known whole, of changes of lists the newest day
-- with one among the seven before publication and that day. A mirror of a list counts only where the claim names it.
-- Result: one row for each claim with a figure.
-- As in: core.claims
-- Column figure: The figure that was known, in the unit of the claim.
-- Column figure_from: First day that the figure covers.
-- Column figure_to: Last day that it covers.
-- Column source: Source of the figure.
-- Column basis: Of deaths final, predicted or reported; NULL for others.
-- Column known_from: Moment from which the figure was known (UTC).
-- Column vintage_date: Vintage that the figure rests on.
-- Column n_lists: Of lists, those that could show it; NULL for others.
-- Column n_lists_covered: Of these, those that show all of these days; NULL for others.
-- Example: FROM claim_figures('core.claims');
CREATE OR REPLACE MACRO claim_figures(claims) AS TABLE
WITH counted AS (
    -- named as no table within the macros is: what is handed to a macro is read where it stands in it
    SELECT
        claim.article_id, claim.char_start, claim.period_from, claim.period_to,
        o.value AS figure, o.period_start AS figure_from, o.period_end AS figure_to, o.source, o.basis, o.known_from, o.vintage_date
    FROM query_table(claims) AS claim,
        LATERAL (SELECT k.* FROM overdose_as_known(claim.known_from) AS k) AS o
    WHERE claim.measure = 'overdose_deaths'
        AND o.actor_id = claim.actor_id AND o.drug = claim.drug
        AND o.measure IN ('deaths_12m', 'deaths_year') AND o.value IS NOT NULL
    UNION ALL
    SELECT
        claim.article_id, claim.char_start, claim.period_from, claim.period_to,
        s.share, s.period_start, s.period_end, s.source, s.basis, s.known_from, s.vintage_date
    FROM query_table(claims) AS claim,
        LATERAL (SELECT k.* FROM overdose_shares_as_known(claim.known_from) AS k) AS s
    WHERE claim.measure = 'overdose_deaths_share'
        AND s.actor_id = claim.actor_id AND s.drug = claim.drug
        AND s.measure IN ('deaths_12m', 'deaths_year')
    UNION ALL
    SELECT
        claim.article_id, claim.char_start, claim.period_from, claim.period_to, d.change_share,
        CAST(date_trunc('month', d.period_end) - INTERVAL 11 MONTH AS DATE), d.period_end, d.source, d.basis, d.known_from, d.vintage_date
    FROM query_table(claims) AS claim,
        LATERAL (SELECT k.* FROM overdose_changes_as_known(claim.known_from) AS k) AS d
    WHERE claim.measure = 'overdose_deaths_change'
        AND d.actor_id = claim.actor_id AND d.drug = claim.drug
        AND d.measure IN ('deaths_12m', 'deaths_year') AND d.change_share IS NOT NULL
),
seized_months AS (
    SELECT
        c.article_id, c.char_start, z.period_end,
        any_value(z.fiscal_year) AS fiscal_year,
        sum(z.quantity_lbs) AS pounds,
        max(z.known_from) AS known_from,
        any_value(z.source) AS source
    FROM query_table(claims) AS c
    JOIN core.drug_seizures AS z
        ON z.actor_id = c.actor_id AND z.drug = c.drug
        AND z.known_from <= c.known_from AND (z.known_to IS NULL OR c.known_from < z.known_to)
        AND (c.period_from IS NULL OR z.period_end BETWEEN c.period_from AND c.period_to)
    -- the files held are those of one authority
    WHERE c.measure = 'drugs_seized' AND coalesce(c.source_body_id, 'USA.CBP') = 'USA.CBP'
    GROUP BY ALL
),
seized AS (
    SELECT
        c.article_id, c.char_start, c.period_from, c.period_to,
        sum(m.pounds) AS figure,
        CAST(date_trunc('month', min(m.period_end)) AS DATE) AS figure_from,
        max(m.period_end) AS figure_to,
        any_value(m.source) AS source,
        CAST(NULL AS VARCHAR) AS basis,
        max(m.known_from) AS known_from,
        CAST(max(m.known_from) AS DATE) AS vintage_date
    FROM query_table(claims) AS c
    JOIN seized_months AS m ON m.article_id = c.article_id AND m.char_start = c.char_start
    GROUP BY c.article_id, c.char_start, c.period_from, c.period_to, CASE WHEN c.period_from IS NULL THEN m.fiscal_year END
    -- a month that is missing would make the sum too small
    HAVING count(*) = CASE WHEN c.period_from IS NULL THEN 12 ELSE date_diff('month', c.period_from, c.period_to) + 1 END
),
of_series AS (
    SELECT f.*
    FROM (
        SELECT * FROM counted
        UNION ALL
        SELECT * FROM seized
    ) AS f
    WHERE f.period_from IS NULL OR (f.figure_from = f.period_from AND f.figure_to = f.period_to)
    QUALIFY row_number() OVER (
        PARTITION BY f.article_id, f.char_start
        ORDER BY f.figure_to DESC, list_position(['final', 'predicted', 'reported'], f.basis), f.known_from DESC, f.source
    ) = 1
),
of_lists AS (
    SELECT
        c.*,
        coalesce(c.period_from, c.published_on - CASE WHEN c.measure = 'listings_in_force' THEN 0 ELSE 7 END) AS first_day,
        coalesce(c.period_to, c.published_on) AS last_day
    FROM query_table(claims) AS c
    WHERE c.unit = 'listings'
),
lists_asked AS (
    SELECT c.article_id, c.char_start, s.list_id
    FROM of_lists AS c
    JOIN core.sanction_lists AS s ON c.list_id IS NULL OR s.list_id = c.list_id
    JOIN core.actors AS a ON a.actor_id = s.authority_id AND state_of(a) = c.source_id
    WHERE s.list_id = c.list_id
        OR (
            s.list_id NOT IN (SELECT m.mirror_list_id FROM core.list_mirrors AS m)
            AND coalesce(list_contains(s.target_ids, c.target_id), true)
        )
),
states_of_parties AS (
    -- of claims on lists alone: most claims are on other figures
    SELECT n.listing_id, n.country_id, n.known_from
    FROM core.sanction_countries AS n
    WHERE n.basis NOT IN ('place_of_birth', 'remark') AND EXISTS (FROM of_lists AS c WHERE c.target_id = n.country_id)
    UNION ALL
    SELECT t.listing_id, t.country_id, t.known_from
    FROM core.target_evidence AS t
    WHERE t.strength = 'derived' AND EXISTS (FROM of_lists AS c WHERE c.target_id = t.country_id)
),
changed AS (
    SELECT c.article_id, c.char_start, e.listing_id, e.event_date, e.known_at AS known_from
    FROM of_lists AS c
    JOIN lists_asked AS l ON l.article_id = c.article_id AND l.char_start = c.char_start
    JOIN core.sanction_events AS e
        ON e.list_id = l.list_id
        AND e.kind = CASE c.measure WHEN 'listings_added' THEN 'added' WHEN 'listings_removed' THEN 'removed' END
        AND e.known_at <= c.known_from AND e.event_date BETWEEN c.first_day AND c.last_day
    UNION ALL
    SELECT c.article_id, c.char_start, v.listing_id, c.last_day, v.known_from
    FROM of_lists AS c
    JOIN lists_asked AS l ON l.article_id = c.article_id AND l.char_start = c.char_start
    JOIN core.sanction_listings AS v
        ON v.list_id = l.list_id
        AND v.known_from <= c.known_from AND (v.known_to IS NULL OR c.known_from < v.known_to)
        AND coalesce(v.valid_from, v.valid_from_earliest, DATE '0001-01-01') <= c.last_day
        AND (v.valid_to IS NULL OR v.valid_to > c.last_day)
    WHERE c.measure = 'listings_in_force'
),
fitting AS (
    SELECT h.*
    FROM changed AS h
    JOIN of_lists AS c ON c.article_id = h.article_id AND c.char_start = h.char_start
    WHERE (
        c.target_id IS NULL
        OR EXISTS (
            FROM states_of_parties AS k
            WHERE k.listing_id = h.listing_id AND k.country_id = c.target_id AND k.known_from <= c.known_from
        )
    )
    AND (
        c.party_type IS NULL
        OR EXISTS (FROM core.sanction_listings AS v WHERE v.listing_id = h.listing_id AND v.party_type = c.party_type)
    )
    -- without a period the newest day alone
    QUALIFY c.period_from IS NOT NULL OR h.event_date = max(h.event_date) OVER (PARTITION BY h.article_id, h.char_start)
),
of_days AS (
    SELECT
        c.article_id, c.char_start,
        count(DISTINCT f.listing_id) AS figure,
        coalesce(min(f.event_date), c.first_day) AS figure_from,
        coalesce(max(f.event_date), c.last_day) AS figure_to,
        max(f.known_from) AS known_from
    FROM of_lists AS c
    LEFT JOIN fitting AS f ON f.article_id = c.article_id AND f.char_start = c.char_start
    GROUP BY c.article_id, c.char_start, c.first_day, c.last_day
),
coverage AS (
    SELECT
        c.article_id, c.char_start,
        count(DISTINCT l.list_id) AS n_lists,
        count(DISTINCT v.list_id) AS n_lists_covered,
        max(v.known_from) AS known_from,
        string_agg(DISTINCT l.list_id, ', ' ORDER BY l.list_id) AS lists
    FROM of_lists AS c
    JOIN of_days AS d ON d.article_id = c.article_id AND d.char_start = c.char_start
    LEFT JOIN lists_asked AS l ON l.article_id = c.article_id AND l.char_start = c.char_start
    LEFT JOIN core.list_coverage AS v
        ON v.list_id = l.list_id AND v.covers = 'both'
        AND v.known_from <= c.known_from AND (v.known_to IS NULL OR c.known_from < v.known_to)
        AND v.covered_from <= d.figure_from AND d.figure_to < v.covered_to
    GROUP BY c.article_id, c.char_start
)
SELECT
    f.article_id, f.char_start, f.figure, f.figure_from, f.figure_to, f.source, f.basis, f.known_from,
    f.vintage_date, CAST(NULL AS BIGINT) AS n_lists, CAST(NULL AS BIGINT) AS n_lists_covered
FROM of_series AS f
UNION ALL
SELECT
    d.article_id, d.char_start,
    -- none is 0 only where all lists cover these days
    CASE WHEN d.figure > 0 OR v.n_lists_covered = v.n_lists AND v.n_lists > 0 THEN d.figure END AS figure,
    d.figure_from, d.figure_to, v.lists, NULL, greatest(d.known_from, v.known_from),
    CAST(greatest(d.known_from, v.known_from) AS DATE), v.n_lists, v.n_lists_covered
FROM of_days AS d
JOIN coverage AS v ON v.article_id = d.article_id AND v.char_start = d.char_start;
COMMENT ON MACRO TABLE claim_figures IS 'The figures that claims speak of, each as known at a moment.';
