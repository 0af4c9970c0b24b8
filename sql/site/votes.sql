-- How alike the two states vote in the UN General Assembly, by session, as known at a moment: the share of agreement (of a pair for which none is published:
-- counted over the roll calls), and how far their ideal points lie apart.
SELECT
    u.year,
    u.session,
    CASE WHEN count(u.agreement) OVER () > 0 THEN u.agreement ELSE c.agreement END AS agreement,
    u.ideal_point_distance
FROM un_dyads_as_known($known) AS u
LEFT JOIN un_agreement_as_known($known) AS c ON c.source_id = u.source_id AND c.target_id = u.target_id AND c.session = u.session
WHERE u.source_id = $source AND u.target_id = $target
ORDER BY u.session;
