-- critical: One row per gram, word: a join on it must not multiply rows.
-- table: marts.party_word_grams
-- scope: build
SELECT gram, word, count(*) AS n_rows
FROM marts.party_word_grams
GROUP BY ALL
HAVING count(*) > 1;
