-- Why listings are taken as one party or not, by current knowledge, of what was known at a moment.
SELECT d.listing_id, d.other_id, d.is_same, d.rule, d.evidence, d.objection
FROM core.party_decisions AS d
WHERE d.actor_id = $actor AND d.known_from <= $known
ORDER BY d.is_same DESC, d.rule, d.listing_id, d.other_id;
