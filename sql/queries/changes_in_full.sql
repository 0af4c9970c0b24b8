-- Changes with all columns, the newest first. $since, $until: moments between which they became known. $after: only what
-- publications built later were the first to hold.
SELECT *
FROM changes($since, $until)
WHERE $after::TIMESTAMP IS NULL OR published_at > $after OR (published_at IS NULL AND known_from > $after)
ORDER BY known_from DESC, kind, topic, change_id;
