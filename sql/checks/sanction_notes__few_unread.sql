-- warning: The grammar of remarks recognises at least 99.5 % of the clauses of a list: more unread ones mean that the list has new kinds of clauses, each of which is a line in assets/sanctions/lists/us_ofac/remark_grammar.py.
-- table: core.sanction_notes
WITH facts AS (
    SELECT listing_id, kind = 'unread' AS is_unread FROM core.sanction_notes WHERE known_to IS NULL
    UNION ALL
    SELECT listing_id, false FROM core.sanction_identifiers WHERE known_to IS NULL
    UNION ALL
    SELECT listing_id, false FROM core.sanction_birth_dates WHERE known_to IS NULL
    UNION ALL
    SELECT listing_id, false FROM core.sanction_birth_places WHERE known_to IS NULL
    UNION ALL
    SELECT listing_id, false FROM core.sanction_links WHERE known_to IS NULL
    UNION ALL
    SELECT listing_id, false FROM core.sanction_countries WHERE known_to IS NULL AND basis IN ('nationality', 'citizenship')
)
SELECT split_part(listing_id, ':', 1) AS list_id, count(*) AS n_facts, count(*) FILTER (is_unread) AS n_unread
FROM facts
GROUP BY ALL
HAVING n_unread > 0.005 * n_facts
