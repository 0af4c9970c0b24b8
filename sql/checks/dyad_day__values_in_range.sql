-- critical: Counts are not negative, shares lie in 0 to 1, Goldstein means in -10 to 10, and the quad classes do not exceed the events.
-- table: marts.dyad_day
-- scope: build
SELECT *
FROM marts.dyad_day
WHERE coverage_share NOT BETWEEN 0 AND 1
    OR goldstein_mean NOT BETWEEN -10 AND 10
    OR n_events < 0 OR n_listings_added < 0 OR n_listings_removed < 0 OR n_listings_in_force < 0
    OR n_verbal_cooperation + n_material_cooperation + n_verbal_conflict + n_material_conflict > n_events;
