-- Changes for a person, the newest first. $since, $until: moments between which they became known. $after: only what publications
-- built later were the first to hold.
SELECT
    known_from,
    kind,
    topic,
    concat_ws(' to ', actor_id, target_id) AS who,
    date,
    what,
    old_value,
    new_value,
    detail
FROM changes($since, $until)
WHERE $after::TIMESTAMP IS NULL OR published_at > $after OR (published_at IS NULL AND known_from > $after)
ORDER BY known_from DESC, kind, topic, abs(new_value - old_value) DESC NULLS LAST, what, change_id;
