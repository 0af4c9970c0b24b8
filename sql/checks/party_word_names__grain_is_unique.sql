-- critical: One row per word, name_no: a join on it must not multiply rows.
-- table: marts.party_word_names
-- scope: build
SELECT word, name_no, count(*) AS n_rows
FROM marts.party_word_names
GROUP BY ALL
HAVING count(*) > 1;
