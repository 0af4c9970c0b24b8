-- warning: An IMO number (of a ship or of its company) has seven digits: another one is a slip of the list, or another number read as one. Few are wrong.
-- table: core.sanction_identifiers
SELECT split_part(listing_id, ':', 1) AS list_id, count(*) AS n_numbers, count(*) FILTER (NOT regexp_full_match(value, '[0-9]{7}')) AS n_wrong
FROM core.sanction_identifiers
WHERE scheme = 'imo' AND known_to IS NULL
GROUP BY ALL
HAVING n_wrong > greatest(5, 0.02 * n_numbers)
