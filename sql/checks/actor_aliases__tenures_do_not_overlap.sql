-- critical: The tenures of one name for the same actor do not overlap: a day must find it once.
-- table: core.actor_aliases
SELECT scheme, alias, actor_id, valid_from, valid_to,
    lead(coalesce(valid_from, DATE '0001-01-01')) OVER (
        PARTITION BY scheme, alias, actor_id ORDER BY coalesce(valid_from, DATE '0001-01-01'), coalesce(valid_to, DATE '9999-12-31')
    ) AS next_valid_from
FROM core.actor_aliases
QUALIFY next_valid_from < coalesce(valid_to, DATE '9999-12-31')
