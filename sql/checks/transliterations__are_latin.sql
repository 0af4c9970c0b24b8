-- critical: What is to be read in Latin letters must be in them.
-- table: core.transliterations
SELECT *
FROM core.transliterations
WHERE NOT regexp_full_match(latin, '[ -~]+') OR length(letter) <> 1;
