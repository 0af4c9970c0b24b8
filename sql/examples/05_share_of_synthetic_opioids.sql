-- Are synthetic opioids (T40.4, mostly fentanyl) more than two thirds of overdose deaths, and could one say so at the time?
-- How to read it: shares 0 to 1 of 12 months to period_end, both parts on one basis. share_first is what the first figures held
-- for those months gave, share what they give now.
SELECT
    period_end,
    t404_share_first AS share_first,
    t404_share_first_known_from AS first_known_from,
    t404_share AS share,
    t404_share_basis AS basis,
    t404_share > 2.0 / 3 AS is_above_two_thirds
FROM marts.actor_month
WHERE actor_id = 'USA' AND t404_share IS NOT NULL
ORDER BY period_end;
