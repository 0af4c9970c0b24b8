-- Changes of one kind, list or source, day and publication together, the newest first: what an entry of the feed tells.
-- $since, $until: moments between which they became known. $after: only what publications built later were the first to hold.
-- $most: entries. $shown: changes told of each; of counts those that changed most.
SELECT
    publication_id,
    kind,
    topic,
    CAST(known_from AS DATE) AS day,
    count(*) AS n,
    max(coalesce(published_at, known_from)) AS updated,
    -- no more than those that are shown are kept while the others go by: a day of news has hundreds of thousands
    min_by(
        {'what': what, 'actor_id': actor_id, 'target_id': target_id, 'date': date, 'old_value': old_value, 'new_value': new_value,
         'unit': unit, 'detail': detail, 'url': url},
        {'falling': coalesce(-abs(new_value - old_value), 'infinity'::DOUBLE), 'what': what, 'change_id': change_id},
        $shown
    ) AS changes
FROM changes($since, $until)
WHERE $after::TIMESTAMP IS NULL OR published_at > $after OR (published_at IS NULL AND known_from > $after)
GROUP BY publication_id, kind, topic, CAST(known_from AS DATE)
ORDER BY updated DESC, day DESC, topic, kind
LIMIT $most;
