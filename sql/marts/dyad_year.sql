-- What one state did to another in a year, and how they voted in the UN, keyed as COW's and Gleditsch and Ward's dyad-years are.
-- grain: source_id, target_id, year
CREATE VIEW marts.dyad_year AS
WITH spans_now AS (
    SELECT * FROM marts.dyad_spans
),
held AS (
    SELECT *, CAST(year(date) AS INTEGER) AS year FROM dyad_periods('spans_now', 'year')
),
votes AS (
    SELECT * FROM un_dyads_as_known(end_of_time())
),
counted AS (
    SELECT * FROM un_agreement_as_known(end_of_time())
),
tense AS (
    SELECT source_id, target_id, CAST(year(period_end) AS INTEGER) AS year, avg(tension ORDER BY period_end) AS tension, count(tension) AS n_months
    FROM marts.tension_index
    GROUP BY ALL
),
duties AS (
    -- of the last day of the year of which all measures are held
    SELECT u.source_id, u.target_id, u.year, arg_max(u.rate_low, u.from_date) AS rate_low, arg_max(u.rate_high, u.from_date) AS rate_high
    FROM (
        SELECT d.*, CAST(unnest(range(year(d.from_date), year(d.to_date - 1) + 1)) AS INTEGER) AS year
        FROM marts.duty_spans AS d
    ) AS u
    GROUP BY u.source_id, u.target_id, u.year
),
keys AS (
    SELECT v.source_id, v.target_id, v.year, v.session, v.ideal_point_source, v.ideal_point_target, v.ideal_point_distance, v.agreement
    FROM votes AS v
    UNION ALL BY NAME
    -- years in which not both voted; asked of the states, since pairs of all of them are many
    SELECT h.source_id, h.target_id, h.year
    FROM held AS h
    WHERE NOT EXISTS (FROM core.un_ideal_points AS p WHERE p.actor_id = h.source_id AND p.year = h.year AND p.known_to IS NULL)
        OR NOT EXISTS (FROM core.un_ideal_points AS p WHERE p.actor_id = h.target_id AND p.year = h.year AND p.known_to IS NULL)
)
SELECT
    k.source_id,
    k.target_id,
    k.year,
    s.ccode AS ccode1,
    t.ccode AS ccode2,
    s.gwcode AS gwcode1,
    t.gwcode AS gwcode2,
    h.n_days,
    h.coverage_share,
    h.n_events,
    h.n_reports,
    h.n_verbal_cooperation,
    h.n_material_cooperation,
    h.n_verbal_conflict,
    h.n_material_conflict,
    h.goldstein_mean,
    x.tension,
    x.n_months AS n_months_tension,
    h.n_official_acts,
    h.n_listings_added,
    h.n_listings_removed,
    h.n_listings_in_force,
    h.are_listings_exact,
    d.rate_low AS duty_rate_low,
    d.rate_high AS duty_rate_high,
    k.session AS un_session,
    k.ideal_point_source,
    k.ideal_point_target,
    k.ideal_point_distance,
    k.agreement AS un_agreement,
    c.agreement AS un_agreement_counted,
    c.n_votes_both AS un_votes_both
FROM keys AS k
LEFT JOIN counted AS c ON c.source_id = k.source_id AND c.target_id = k.target_id AND c.year = k.year
LEFT JOIN held AS h ON h.source_id = k.source_id AND h.target_id = k.target_id AND h.year = k.year
LEFT JOIN tense AS x ON x.source_id = k.source_id AND x.target_id = k.target_id AND x.year = k.year
LEFT JOIN duties AS d ON d.source_id = k.source_id AND d.target_id = k.target_id AND d.year = k.year
LEFT JOIN marts.state_years AS s ON s.actor_id = k.source_id AND s.year = k.year
LEFT JOIN marts.state_years AS t ON t.actor_id = k.target_id AND t.year = k.year;
COMMENT ON VIEW marts.dyad_year IS 'Directed dyads by calendar year, by current knowledge: every year in the calendar of a dyad (marts.dyad_day) or in which both voted in the UN. NULL is not 0: it is a year without data. All event classes: dyad_panel(a, b, ''year''); older vintages of the votes: un_dyads_as_known.';
COMMENT ON COLUMN marts.dyad_year.source_id IS 'The state that acted.';
COMMENT ON COLUMN marts.dyad_year.target_id IS 'The state to whom it was done.';
COMMENT ON COLUMN marts.dyad_year.year IS 'The calendar year; of votes that in which the session began.';
COMMENT ON COLUMN marts.dyad_year.ccode1 IS 'COW number of the source; NULL outside the state system in that year, and for organisations.';
COMMENT ON COLUMN marts.dyad_year.ccode2 IS 'COW number of the target.';
COMMENT ON COLUMN marts.dyad_year.gwcode1 IS 'Gleditsch-Ward number of the source; NULL outside the list in that year.';
COMMENT ON COLUMN marts.dyad_year.gwcode2 IS 'Gleditsch-Ward number of the target.';
COMMENT ON COLUMN marts.dyad_year.n_days IS 'Days of the year that lie in the calendar of the dyad.';
COMMENT ON COLUMN marts.dyad_year.coverage_share IS 'Share of the news slots of these days that are available, 0 to 1.';
COMMENT ON COLUMN marts.dyad_year.n_events IS 'Events of the days that have a value, as in marts.dyad_month: compare years only with their coverage_share.';
COMMENT ON COLUMN marts.dyad_year.n_reports IS 'Reports of these events: attention, not events.';
COMMENT ON COLUMN marts.dyad_year.n_verbal_cooperation IS 'Events of quad class 1 after Schrodt.';
COMMENT ON COLUMN marts.dyad_year.n_material_cooperation IS 'Events of quad class 2.';
COMMENT ON COLUMN marts.dyad_year.n_verbal_conflict IS 'Events of quad class 3.';
COMMENT ON COLUMN marts.dyad_year.n_material_conflict IS 'Events of quad class 4.';
COMMENT ON COLUMN marts.dyad_year.goldstein_mean IS 'Mean Goldstein value of the events, -10 to 10.';
COMMENT ON COLUMN marts.dyad_year.tension IS 'Mean of marts.tension_index over the months that have an index, 0 to 100.';
COMMENT ON COLUMN marts.dyad_year.n_months_tension IS 'Months that have one: a mean of few is no year.';
COMMENT ON COLUMN marts.dyad_year.n_official_acts IS 'Official acts of the source directed at the target, as in marts.dyad_month.';
COMMENT ON COLUMN marts.dyad_year.n_listings_added IS 'Listings of parties of the target added; 0 only where all lists of the source are covered all year, else NULL or a lower bound.';
COMMENT ON COLUMN marts.dyad_year.n_listings_removed IS 'Listings removed, likewise.';
COMMENT ON COLUMN marts.dyad_year.n_listings_in_force IS 'Listings in force on the last day of the year that has a value: a stock.';
COMMENT ON COLUMN marts.dyad_year.are_listings_exact IS 'Whether every list of the source that can name the target covers all these days.';
COMMENT ON COLUMN marts.dyad_year.duty_rate_low IS 'Additional duty of the source on goods of the target that no list names, percent, on the last day of the year that core.tariff_coverage holds (duty_rate); NULL where there are no data.';
COMMENT ON COLUMN marts.dyad_year.duty_rate_high IS 'Upper bound of what a good of the target bears, likewise.';
COMMENT ON COLUMN marts.dyad_year.un_session IS 'Session of the UN General Assembly that began in the year; NULL where not both voted in it.';
COMMENT ON COLUMN marts.dyad_year.ideal_point_source IS 'Ideal point of the source by its votes, newest vintage.';
COMMENT ON COLUMN marts.dyad_year.ideal_point_target IS 'Ideal point of the target.';
COMMENT ON COLUMN marts.dyad_year.ideal_point_distance IS 'Distance of the two ideal points.';
COMMENT ON COLUMN marts.dyad_year.un_agreement IS 'Share of roll calls in which both voted alike, 0 to 1, where one of the two is USA, RUS, CHN, IND, BRA or ISR, as published with the ideal points.';
COMMENT ON COLUMN marts.dyad_year.un_agreement_counted IS 'The same of any two states, counted over the roll calls of core.un_votes (un_agreement_as_known). Publications differ in which roll calls they count: do not mix the two columns in one series.';
COMMENT ON COLUMN marts.dyad_year.un_votes_both IS 'Roll calls in which both voted, of which it is counted.';
