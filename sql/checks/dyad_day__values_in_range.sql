-- critical: Counts are not negative, shares lie in 0 to 1, Goldstein means in -10 to 10, the quad classes do not exceed the events, and the PLOVER classes add up to them.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_spans
WHERE coverage_share NOT BETWEEN 0 AND 1
    OR goldstein_mean NOT BETWEEN -10 AND 10
    OR n_events < 0 OR n_listings_added < 0 OR n_listings_removed < 0 OR n_listings_in_force < 0
    OR goldstein_pos_sum < 0 OR goldstein_neg_sum > 0
    OR abs(goldstein_pos_sum + goldstein_neg_sum - goldstein_sum) > 0.000001
    OR conflict_share NOT BETWEEN 0 AND 1 OR material_conflict_share NOT BETWEEN 0 AND conflict_share
    OR n_agree + n_consult + n_support + n_concede + n_cooperate + n_aid + n_retreat + n_request + n_accuse + n_reject
        + n_threaten + n_protest + n_sanction + n_mobilize + n_coerce + n_assault + n_no_plover <> n_events
    OR n_verbal_cooperation + n_material_cooperation + n_verbal_conflict + n_material_conflict > n_events;
