-- When the file was built and from what, how many of its checks passed, and the bounds of what was known.
SELECT
    b.publication_id, b.built_at, b.origin,
    (SELECT count(*) FROM meta.validations AS v WHERE v.status = 'passed') AS n_passed,
    (SELECT count(*) FROM meta.validations AS v WHERE v.status = 'failed') AS n_failed,
    (SELECT min(CAST(s.known_from AS DATE)) FROM core.overdose_vintages AS s) AS first_vintage,
    (SELECT greatest(
        (SELECT max(CAST(s.known_from AS DATE)) FROM core.overdose_vintages AS s),
        (SELECT max(CAST(l.known_from AS DATE)) FROM core.sanction_listings AS l),
        (SELECT max(CAST(o.known_from AS DATE)) FROM core.official_acts AS o)
    )) AS last_known,
    (SELECT count(DISTINCT l.listing_id) FROM core.sanction_listings AS l) AS n_listings,
    (SELECT count(*) FROM core.official_acts AS o) AS n_acts
FROM meta.build AS b;
