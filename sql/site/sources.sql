-- Sources of which something is held.
SELECT s.source, s.domain, s.title, s.publisher, s.licence, s.citation, s.url, s.n_snapshots, s.last_accepted_at, s.newest_date
FROM meta.sources AS s
WHERE s.n_snapshots > 0
ORDER BY s.domain, s.source;
