-- warning: A name without letters or digits cannot be found.
-- table: marts.party_names
-- scope: build
SELECT *
FROM marts.party_names
WHERE len(words) = 0;
