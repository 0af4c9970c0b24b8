-- critical: One row per word: a join on it must not multiply rows.
-- table: marts.party_words
-- scope: build
SELECT word, count(*) AS n_rows
FROM marts.party_words
GROUP BY ALL
HAVING count(*) > 1;
