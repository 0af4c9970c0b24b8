-- How alike the two states vote in the UN General Assembly, by session, as known at a moment: the share of agreement, and how far their ideal points lie apart.
SELECT u.year, u.session, u.agreement, u.ideal_point_distance
FROM un_dyads_as_known($known) AS u
WHERE u.source_id = $source AND u.target_id = $target
ORDER BY u.session;
